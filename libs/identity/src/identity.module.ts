import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { Authenticator } from '#platform/http';
import { MqttGate } from '#platform/mqtt';
import { AccessTokenJwt } from './oauth/access-token-jwt';
import { AccessTokensRepository } from './access-tokens/access-tokens.repository';
import { AccessTokensService } from './access-tokens/access-tokens.service';
import { CurrentProvider } from './oauth/current-provider';
import { CredentialService } from './credentials/credential.service';
import { FirstStart } from './users/first-start';
import { IssuedTokensRepository } from './oauth/issued-tokens.repository';
import { CredentialMqttGate } from './credentials/mqtt-gate';
import { ClientRegistration } from './oauth-clients/client-registration';
import { OAuthClientsRepository } from './oauth-clients/oauth-clients.repository';
import { OAuthClientsService } from './oauth-clients/oauth-clients.service';
import { OAuthProvider } from './oauth/oauth-provider';
import { RevocationService } from './oauth/revocation.service';
import { SigningKeys } from './oauth/signing-keys';
import { SigningKeysService } from './oauth/signing-keys.service';
import { UsersRepository } from './users/users.repository';

@Module({
  imports: [OrganizationsModule],
  providers: [
    AccessTokenJwt,
    AccessTokensRepository,
    AccessTokensService,
    ClientRegistration,
    CredentialService,
    CurrentProvider,
    FirstStart,
    IssuedTokensRepository,
    OAuthClientsRepository,
    OAuthClientsService,
    OAuthProvider,
    RevocationService,
    SigningKeys,
    SigningKeysService,
    UsersRepository,
    { provide: Authenticator, useExisting: CredentialService },
    { provide: MqttGate, useClass: CredentialMqttGate },
  ],
  exports: [
    AccessTokensService,
    Authenticator,
    CredentialService,
    FirstStart,
    MqttGate,
    OAuthClientsService,
    CurrentProvider,
    RevocationService,
    SigningKeys,
    SigningKeysService,
    UsersRepository,
  ],
})
export class IdentityModule {}
