import { Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  DomainError,
  effectiveScopes,
  forbidden,
  newId,
  roleScopes,
  type Actor,
  type Member,
  type Role,
} from '#kernel';
import { Config, type Environment } from '../config';
import { Authenticator, OrganizationResolver } from './access';
import { AccessGuard } from './access.guard';
import { AnswerInterceptor } from './answer.interceptor';
import { BodyInterceptor } from './body.interceptor';
import { ErrorFilter } from './error.filter';
import { RateLimits } from './rate-limits';
import { requestContext } from './request-context.middleware';
import { validationPipe } from './validation';

/** Organizations by what happens to those who name them. */
export const ORGANIZATIONS = {
  ours: newId(),
  strange: newId(),
  suspended: newId(),
  inMaintenance: newId(),
};

const ROLES: readonly Role[] = ['viewer', 'editor', 'admin'];

/** A token names the role of its holder and its scopes, and may name its credential: `viewer.uns_read.c1`. */
class NamedTokens extends Authenticator {
  authenticate(token: string): Promise<Actor | undefined> {
    const [role, scopes = '', credential = newId()] = token.split('.');
    if (!ROLES.includes(role as Role)) return Promise.resolve(undefined);
    return Promise.resolve({
      userId: role!,
      email: `${role}@example.com`,
      systemAdmin: false,
      credential: { kind: 'token', id: credential },
      granted: scopes.split('+').map((scope) => scope.replace('_', ':')),
    });
  }
}

class NamedOrganizations extends OrganizationResolver {
  resolve(actor: Actor, organizationId: string): Promise<Member> {
    const role = actor.userId as Role;
    switch (organizationId) {
      case ORGANIZATIONS.ours:
        return Promise.resolve({
          ...actor,
          organizationId,
          role,
          scopes: effectiveScopes(actor.granted, roleScopes(role, false)),
        });
      case ORGANIZATIONS.suspended:
        return Promise.reject(new DomainError('organization_suspended', 'This organization is suspended'));
      case ORGANIZATIONS.inMaintenance:
        return Promise.reject(new DomainError('maintenance', 'Back at noon', undefined, 60));
      default:
        return Promise.reject(forbidden('You are not a member of this organization'));
    }
  }
}

/** For specs: the parts every request passes, over HTTP on a free port, without a database. */
export async function startHttp(controllers: Type[], settings: Environment = {}): Promise<NestExpressApplication> {
  const config = Config.from({ DATABASE_URL: 'postgres://db/hub', HUB_SECRET_KEY: '5e'.repeat(32), ...settings });

  @Module({
    controllers,
    providers: [
      RateLimits,
      { provide: Config, useValue: config },
      { provide: Authenticator, useClass: NamedTokens },
      { provide: OrganizationResolver, useClass: NamedOrganizations },
      { provide: APP_GUARD, useClass: AccessGuard },
      { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
      { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      { provide: APP_PIPE, useFactory: validationPipe },
      { provide: APP_FILTER, useClass: ErrorFilter },
    ],
  })
  class TestModule {}

  const app = await NestFactory.create<NestExpressApplication>(TestModule, { bodyParser: false, logger: false });
  app.use(requestContext);
  await app.listen(0, '127.0.0.1');
  return app;
}
