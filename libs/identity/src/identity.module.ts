import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { Authenticator } from '#platform/http';
import { MqttGate } from '#platform/mqtt';
import { AccessTokenJwt } from './access-token-jwt';
import { AccessTokensRepository } from './access-tokens.repository';
import { AccessTokensService } from './access-tokens.service';
import { CredentialService } from './credential.service';
import { FirstStart } from './first-start';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { CredentialMqttGate } from './mqtt-gate';
import { OAuthClientsRepository } from './oauth-clients.repository';
import { OAuthClientsService } from './oauth-clients.service';
import { OAuthProvider } from './oauth-provider';
import { RevocationService } from './revocation.service';
import { SigningKeys } from './signing-keys';
import { UsersRepository } from './users.repository';

@Module({
  imports: [OrganizationsModule],
  providers: [
    AccessTokenJwt,
    AccessTokensRepository,
    AccessTokensService,
    CredentialService,
    FirstStart,
    IssuedTokensRepository,
    OAuthClientsRepository,
    OAuthClientsService,
    OAuthProvider,
    RevocationService,
    SigningKeys,
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
    OAuthProvider,
    RevocationService,
    UsersRepository,
  ],
})
export class IdentityModule {}
