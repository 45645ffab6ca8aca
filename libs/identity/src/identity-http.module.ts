import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { AccessTokensController } from './access-tokens/access-tokens.controller';
import { AuthController } from './sign-in/auth.controller';
import { BrowserSignOutController } from './interaction/browser-sign-out.controller';
import { InteractionController } from './interaction/interaction.controller';
import { BrowserSignOut } from './interaction/browser-sign-out.service';
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
import { PagesClient } from './oauth-clients/pages-client';
import { OwnPasswordController } from './passwords/own-password.controller';
import { OwnPasswordService } from './passwords/own-password.service';
import { PasswordCheck } from './sign-in/password-check';
import { ReferenceClient } from './oauth-clients/reference-client';
import { PasswordsService } from './passwords/passwords.service';
import { RefreshTokens } from './oauth/refresh-tokens';
import { RevocationController } from './oauth/revocation.controller';
import { SigningKeysController } from './oauth/signing-keys.controller';
import { RevocationService } from './oauth/revocation.service';
import { UserInfoController } from './oauth/userinfo.controller';
import { UserInfoService } from './oauth/userinfo.service';
import { ScopesController } from './credentials/scopes.controller';
import { SessionsController } from './sessions/sessions.controller';
import { SessionsService } from './sessions/sessions.service';
import { PasswordSignIn } from './sign-in/password-sign-in';
import { SignInThrottle } from './sign-in/sign-in-throttle';
import { SignInService } from './sign-in/sign-in.service';
import { UsersController } from './users/users.controller';
import { UsersService } from './users/users.service';

/** The API of identity, and what exists for it alone: signing in and the OAuth2 server's place in the application. */
@Module({
  imports: [IdentityModule, OrganizationsModule],
  controllers: [
    AccessTokensController,
    AuthController,
    BrowserSignOutController,
    CompanySignInController,
    IdentityProvidersController,
    AuthorizationController,
    InteractionController,
    IntrospectionController,
    OAuthClientsController,
    OwnPasswordController,
    RevocationController,
    ScopesController,
    SigningKeysController,
    SessionsController,
    UsersController,
    UserInfoController,
  ],
  providers: [
    BrowserSignOut,
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
    OwnPasswordService,
    PagesClient,
    PasswordCheck,
    PasswordSignIn,
    ReferenceClient,
    PasswordsService,
    RefreshTokens,
    RevocationService,
    SessionsService,
    SignInService,
    SignInStates,
    SignInThrottle,
    UsersService,
    UserInfoService,
  ],
})
export class IdentityHttpModule {}
