import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor, Member, Scope } from '#kernel';
import type { Request } from 'express';

/** What a route demands of its caller. A route without a rule fails the boot: there is no default. */
export type AccessRule =
  | { kind: 'public' }
  | { kind: 'authenticated' }
  /** `also`: others that are needed beside it, where a route shows what belongs to several areas. */
  | { kind: 'scope'; scope: Scope; also: readonly Scope[] };

export const ACCESS_RULE = 'maestrohub:access';
export const ORGANIZATION_FREE = 'maestrohub:organization-free';

export const setAccessRule = (rule: AccessRule): CustomDecorator => SetMetadata(ACCESS_RULE, rule);

/** The area needs no `X-Organization-ID`: rights are those of the user on the instance and on their own things. */
export const OrganizationFree = (): CustomDecorator => SetMetadata(ORGANIZATION_FREE, true);

export const ORGANIZATION_IN_PATH = 'maestrohub:organization-in-path';

export interface InPathOptions {
  /** System administrators come in also where the organization is suspended. */
  evenSuspended?: boolean;
}

/** The route is below `/organizations/:id`: its path names the organization, whatever the header says. */
export const OrganizationInPath = (options: InPathOptions = {}): MethodDecorator =>
  SetMetadata(ORGANIZATION_IN_PATH, options);

/** A request that has passed the guard. */
export interface AuthenticatedRequest extends Request {
  caller?: Actor | Member;
}

/** The caller: a `Member` where the route belongs to an organization, an `Actor` elsewhere. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AuthenticatedRequest>().caller,
);

/** Turns a bearer token into its actor. Implemented by the identity area. */
export abstract class Authenticator {
  /** undefined for a token that is unknown, malformed, ended or revoked. */
  abstract authenticate(token: string): Promise<Actor | undefined>;
}

/** An actor's standing in one organization. Implemented by the organizations area. */
export abstract class OrganizationResolver {
  /** @throws DomainError `forbidden`, `organization_suspended` (unless let in even then) or `maintenance`. */
  abstract resolve(actor: Actor, organizationId: string, options?: InPathOptions): Promise<Member>;
}
