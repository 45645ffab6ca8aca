import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
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
import { addLogFields } from '../logging';
import {
  Authenticator,
  ACCESS_RULE,
  ORGANIZATION_IN_PATH,
  ORGANIZATION_FREE,
  OrganizationResolver,
  type AccessRule,
  type AuthenticatedRequest,
  type InPathOptions,
} from './access';
import { bearerToken } from './bearer-token';
import { RateLimits } from './rate-limits';

/** What a route's decorators say, read once. */
interface Demands {
  rule: AccessRule | undefined;
  free: boolean;
  inPath: InPathOptions | undefined;
}

/**
 * The one guard of the API, closed by default. Checks in the contract's order:
 * 429 (address) → 401 → 422 → 403 of the organization → 403 of scope and role → 429 (credential).
 */
@Injectable()
export class AccessGuard implements CanActivate {
  /** By controller and handler: handlers may be inherited. */
  private readonly demands = new Map<object, Map<object, Demands>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly organizations: OrganizationResolver,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages of other transports were signed in and authorized by their broker.
    if (context.getType() !== 'http') return true;
    const { rule, free, inPath } = this.demandsOf(context);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    await this.limits.checkAddress(request.ip ?? '');
    if (rule?.kind === 'public') return true;
    const actor = await this.authenticate(request);
    const call = currentCall();
    if (call) {
      call.caller = actor;
      call.scope = rule?.kind === 'scope' ? rule.scope : undefined;
    }
    if (inPath) request.caller = await this.memberByPath(actor, request, inPath);
    else request.caller = free ? actor : await this.member(actor, request);
    if (call) call.caller = request.caller;
    const organizationId = 'organizationId' in request.caller ? request.caller.organizationId : undefined;
    addLogFields({ organizationId, userId: actor.userId });
    this.requireRights(request.caller, rule);
    await this.limits.checkCredential(actor.credential.id);
    return true;
  }

  private demandsOf(context: ExecutionContext): Demands {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const known = this.demands.get(controller)?.get(handler);
    if (known) return known;
    const read = <T>(key: string) => this.reflector.getAllAndOverride<T | undefined>(key, [handler, controller]);
    const demands = {
      rule: read<AccessRule>(ACCESS_RULE),
      free: read<boolean>(ORGANIZATION_FREE) ?? false,
      inPath: read<InPathOptions>(ORGANIZATION_IN_PATH),
    };
    this.demands.set(controller, (this.demands.get(controller) ?? new Map<object, Demands>()).set(handler, demands));
    return demands;
  }

  private async authenticate(request: AuthenticatedRequest): Promise<Actor> {
    const token = bearerToken(request);
    const actor = token === undefined ? undefined : await this.authenticator.authenticate(token);
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
    const scopes = [rule.scope, ...rule.also];
    const lacking = scopes.find((scope) => !hasScope(caller.granted, scope));
    if (lacking) throw insufficientScope(lacking);
    const allowed = scopesOf(caller);
    if (!scopes.every((scope) => hasScope(allowed, scope))) throw forbidden('Your role does not allow this action');
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
