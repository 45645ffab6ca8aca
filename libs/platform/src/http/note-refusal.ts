import { isId, type DomainError, type ErrorKind } from '#kernel';
import type { Request } from 'express';
import { currentCall, type AuditTrail } from '../audit';

/** What is refused to somebody for want of rights. */
const WANT_OF_RIGHTS: readonly ErrorKind[] = ['insufficient_scope', 'forbidden', 'organization_suspended'];

/** Writes into the trail who was refused what, and where tokens come from that are none. */
export function noteRefusal(audit: AuditTrail, error: DomainError, request: Request): void {
  const call = currentCall();
  const route = (request.route as { path?: string } | undefined)?.path ?? '';
  const details = { method: request.method, route };
  if (call?.caller && WANT_OF_RIGHTS.includes(error.kind)) {
    const scope = (error.details as { scope?: string } | undefined)?.scope ?? call.scope;
    const entity = { type: 'route', id: `${request.method} ${route}` };
    const organizationId = organizationOf(call.caller, request);
    audit.refused(
      { action: 'access.refuse', entity, organizationId, details: { ...details, ...(scope && { scope }) } },
      error.message,
    );
  } else if (!call?.caller && error.kind === 'unauthenticated' && request.headers.authorization !== undefined) {
    audit.refused({ action: 'access.refuse', details }, error.message);
  }
}

/** The one that has let the caller in, or the one that was asked for. */
function organizationOf(caller: object, request: Request): string | undefined {
  if ('organizationId' in caller) return caller.organizationId as string;
  const named = request.header('x-organization-id');
  return isId(named) ? named.toLowerCase() : undefined;
}
