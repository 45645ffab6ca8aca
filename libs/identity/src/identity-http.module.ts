import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { AccessTokensController } from './access-tokens/access-tokens.controller';
import { AuthController } from './sign-in/auth.controller';
import { InteractionController } from './interaction/interaction.controller';
import { InteractionService } from './interaction/interaction.service';
import { Interactions } from './interaction/interactions';
import { CompanyAccounts } from './identity-providers/company-accounts';
import { CompanyConnections } from './identity-providers/company-connection';
import { CompanySignIn } from './identity-providers/company-sign-in.service';
import { CompanySignInController } from './identity-providers/company-sign-in.controller';
import { IdentityProvidersController } from './identity-providers/identity-providers.controller';
import { IdentityProvidersRepository } from './identity-providers/identity-providers.repository';
import { IdentityProvidersService } from './identity-providers/identity-providers.service';
import { SignInStates } from './identity-providers/sign-in-states';
import { IdentityModule } from './identity.module';
import { OAuthClientsController } from './oauth-clients/oauth-clients.controller';
import { AuthorizationController } from './oauth/authorization.controller';
import { ClientAuthentication } from './oauth/client-authentication';
import { IntrospectionController } from './oauth/introspection.controller';
import { IntrospectionService } from './oauth/introspection.service';
import { OAuthServer } from './oauth/oauth-server';
import { PasswordCheck } from './sign-in/password-check';
import { RefreshTokens } from './oauth/refresh-tokens';
import { RevocationController } from './oauth/revocation.controller';
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
    CompanySignInController,
    IdentityProvidersController,
    AuthorizationController,
    InteractionController,
    IntrospectionController,
    OAuthClientsController,
    RevocationController,
    ScopesController,
    UserInfoController,
  ],
  providers: [
    CompanyAccounts,
    CompanyConnections,
    CompanySignIn,
    IdentityProvidersRepository,
    IdentityProvidersService,
    ClientAuthentication,
    InteractionService,
    Interactions,
    IntrospectionService,
    OAuthServer,
    PasswordCheck,
    PasswordSignIn,
    RefreshTokens,
    RevocationService,
    SignInService,
    SignInStates,
    SignInThrottle,
    UserInfoService,
  ],
})
export class IdentityHttpModule {}
