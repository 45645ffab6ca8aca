import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import {
  DomainError,
  effectiveScopes,
  forbidden,
  hasScope,
  isId,
  notFound,
  roleScopes,
  type Actor,
  type Member,
} from '#kernel';
import { currentCall } from '../audit';
import {
  ACCESS_RULE,
  ORGANIZATION_IN_PATH,
  ORGANIZATION_FREE,
  OrganizationResolver,
  type AccessRule,
  type AuthenticatedRequest,
  type InPathOptions,
} from './access';
import { RateLimits } from './rate-limits';

/** Runs the `bearer` strategy of passport; a request without a valid token has no user. */
const BearerGuard = AuthGuard('bearer');

/**
 * The one guard of the API, closed by default. Checks in the contract's order:
 * 429 (address) → 401 → 422 → 403 of the organization → 403 of scope and role → 429 (credential).
 */
@Injectable()
export class AccessGuard extends BearerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly organizations: OrganizationResolver,
    private readonly limits: RateLimits,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages of other transports were signed in and authorized by their broker.
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, targets);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    await this.limits.checkAddress(request.ip ?? '');
    if (rule?.kind === 'public') return true;
    const actor = await this.authenticate(context, request);
    const call = currentCall();
    if (call) {
      call.caller = actor;
      call.scope = rule?.kind === 'scope' ? rule.scope : undefined;
    }
    const free = this.reflector.getAllAndOverride<boolean | undefined>(ORGANIZATION_FREE, targets);
    const inPath = this.reflector.getAllAndOverride<InPathOptions | undefined>(ORGANIZATION_IN_PATH, targets);
    if (inPath) request.caller = await this.memberByPath(actor, request, inPath);
    else request.caller = free ? actor : await this.member(actor, request);
    if (call) call.caller = request.caller;
    this.requireRights(request.caller, rule);
    await this.limits.checkCredential(actor.credential.id);
    return true;
  }

  /** Passport's verdict: no user is no error here, `authenticate` answers for it. */
  override handleRequest<TUser = Actor>(error: unknown, user: TUser | false): TUser {
    if (error) throw error as Error;
    return user as TUser;
  }

  private async authenticate(context: ExecutionContext, request: AuthenticatedRequest): Promise<Actor> {
    await super.canActivate(context);
    const actor = request.user as Actor | false | undefined;
    if (actor) return actor;
    await this.limits.countRefusal(request.ip ?? '');
    throw new DomainError('unauthenticated', 'missing or invalid token');
  }

  private member(actor: Actor, request: AuthenticatedRequest): Promise<Member> {
    const organizationId = request.header('x-organization-id');
    if (!isId(organizationId)) throw missingOrganization(actor);
    return this.organizations.resolve(actor, organizationId.toLowerCase());
  }

  private memberByPath(actor: Actor, request: AuthenticatedRequest, options: InPathOptions): Promise<Member> {
    const { id } = request.params;
    if (!isId(id)) throw notFound('Organization');
    return this.organizations.resolve(actor, id.toLowerCase(), options);
  }

  private requireRights(caller: Actor | Member, rule: AccessRule | undefined): void {
    if (rule?.kind === 'authenticated') return;
    if (rule?.kind !== 'scope') throw forbidden('This route has no access rule');
    if (!hasScope(caller.granted, rule.scope)) throw insufficientScope(rule.scope);
    if (!hasScope(scopesOf(caller), rule.scope)) throw forbidden('Your role does not allow this action');
  }
}

/** Outside any organization, everybody has the rights of the lowest role on their own things. */
const scopesOf = (caller: Actor | Member) =>
  'organizationId' in caller
    ? caller.scopes
    : effectiveScopes(caller.granted, roleScopes('viewer', caller.systemAdmin));

export const insufficientScope = (scope: string): DomainError =>
  new DomainError('insufficient_scope', 'Token does not have the required scope for this action', { scope });

const CREDENTIAL_NAMES = { token: 'Personal Access Token', oauth: 'OAuth2 access token', session: 'Session' };

const missingOrganization = (actor: Actor): DomainError =>
  new DomainError(
    'missing_organization',
    `${CREDENTIAL_NAMES[actor.credential.kind]} requests require the X-Organization-ID header`,
  );
