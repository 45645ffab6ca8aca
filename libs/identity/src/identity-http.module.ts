import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { AccessTokensController } from './access-tokens/access-tokens.controller';
import { AuthController } from './sign-in/auth.controller';
import { InteractionController } from './interaction/interaction.controller';
import { InteractionService } from './interaction/interaction.service';
import { Interactions } from './interaction/interactions';
import { IdentityModule } from './identity.module';
import { OAuthClientsController } from './oauth-clients/oauth-clients.controller';
import { AuthorizationController } from './oauth/authorization.controller';
import { ClientAuthentication } from './oauth/client-authentication';
import { IntrospectionController } from './oauth/introspection.controller';
import { IntrospectionService } from './oauth/introspection.service';
import { OAuthServer } from './oauth/oauth-server';
import { PasswordCheck } from './sign-in/password-check';
import { ReferenceClient } from './oauth-clients/reference-client';
import { RefreshTokens } from './oauth/refresh-tokens';
import { RevocationController } from './oauth/revocation.controller';
import { SigningKeysController } from './oauth/signing-keys.controller';
import { RevocationService } from './oauth/revocation.service';
import { UserInfoController } from './oauth/userinfo.controller';
import { UserInfoService } from './oauth/userinfo.service';
import { ScopesController } from './credentials/scopes.controller';
import { PasswordSignIn } from './sign-in/password-sign-in';
import { SignInThrottle } from './sign-in/sign-in-throttle';
import { SignInService } from './sign-in/sign-in.service';

/** The API of identity, and what exists for it alone: signing in and the OAuth2 server's place in the application. */
@Module({
  imports: [IdentityModule, OrganizationsModule],
  controllers: [
    AccessTokensController,
    AuthController,
    AuthorizationController,
    InteractionController,
    IntrospectionController,
    OAuthClientsController,
    RevocationController,
    ScopesController,
    SigningKeysController,
    UserInfoController,
  ],
  providers: [
    ClientAuthentication,
    InteractionService,
    Interactions,
    IntrospectionService,
    OAuthServer,
    PasswordCheck,
    PasswordSignIn,
    ReferenceClient,
    RefreshTokens,
    RevocationService,
    SignInService,
    SignInThrottle,
    UserInfoService,
  ],
})
export class IdentityHttpModule {}
