import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { AccessTokensController } from './access-tokens.controller';
import { AuthController } from './auth.controller';
import { IdentityModule } from './identity.module';
import { OAuthClientsController } from './oauth-clients.controller';
import { OAuthServer } from './oauth-server';
import { PasswordCheck } from './password-check';
import { RevocationController } from './revocation.controller';
import { ScopesController } from './scopes.controller';
import { SignInThrottle } from './sign-in-throttle';
import { SignInService } from './sign-in.service';

/** The API of identity, and what exists for it alone: signing in and the OAuth2 server's place in the application. */
@Module({
  imports: [IdentityModule, OrganizationsModule],
  controllers: [AccessTokensController, AuthController, OAuthClientsController, RevocationController, ScopesController],
  providers: [OAuthServer, PasswordCheck, SignInService, SignInThrottle],
})
export class IdentityHttpModule {}
