import { Module } from '@nestjs/common';
import { OrganizationsModule, UserDirectory } from '#organizations';
import { Authenticator } from '#platform/http';
import { MqttGate } from '#platform/mqtt';
import { AccessTokenJwt } from './oauth/access-token-jwt';
import { Administrators } from './users/administrators';
import { AuthorizationRules } from './oauth/authorization-rules';
import { Consents } from './oauth/consents';
import { UserGrants } from './oauth/user-grants';
import { AccessTokensRepository } from './access-tokens/access-tokens.repository';
import { AccessTokensService } from './access-tokens/access-tokens.service';
import { CredentialService } from './credentials/credential.service';
import { FirstStart } from './users/first-start';
import { IssuedTokensRepository } from './oauth/issued-tokens.repository';
import { CredentialMqttGate } from './credentials/mqtt-gate';
import { ClientRegistration } from './oauth-clients/client-registration';
import { OAuthClientsRepository } from './oauth-clients/oauth-clients.repository';
import { OAuthClientsService } from './oauth-clients/oauth-clients.service';
import { OAuthProvider } from './oauth/oauth-provider';
import { SigningKeys } from './oauth/signing-keys';
import { StoredUserDirectory } from './users/user-directory';
import { SigningKeysService } from './oauth/signing-keys.service';
import { SessionsRepository } from './sessions/sessions.repository';
import { UserAccess } from './users/user-access';
import { UsersRepository } from './users/users.repository';

@Module({
  imports: [OrganizationsModule],
  providers: [
    AccessTokenJwt,
    AccessTokensRepository,
    AccessTokensService,
    Administrators,
    AuthorizationRules,
    ClientRegistration,
    Consents,
    CredentialService,
    FirstStart,
    IssuedTokensRepository,
    OAuthClientsRepository,
    OAuthClientsService,
    OAuthProvider,
    SessionsRepository,
    SigningKeys,
    SigningKeysService,
    UserAccess,
    UserGrants,
    UsersRepository,
    { provide: Authenticator, useExisting: CredentialService },
    { provide: MqttGate, useClass: CredentialMqttGate },
    { provide: UserDirectory, useClass: StoredUserDirectory },
  ],
  exports: [
    AccessTokenJwt,
    AccessTokensRepository,
    AccessTokensService,
    Administrators,
    Authenticator,
    Consents,
    CredentialService,
    FirstStart,
    IssuedTokensRepository,
    MqttGate,
    OAuthClientsRepository,
    OAuthClientsService,
    OAuthProvider,
    UserDirectory,
    SigningKeysService,
    SessionsRepository,
    UserAccess,
    UserGrants,
    UsersRepository,
  ],
})
export class IdentityModule {}
