import { newId, type JsonValue } from '#kernel';
import { currentCall, type AuditEntry, type Call } from '#platform/audit';
import { boundedDocument, boundedText } from './bounds';

export type AuditResult = 'done' | 'refused';

/** One line of the trail, as it lies in `audit_entries`. Written once, never changed. */
export interface AuditRow {
  id: string;
  at: Date;
  /** null for what belongs to the instance. */
  organization_id: string | null;
  action: string;
  result: AuditResult;
  /** Why it was refused. */
  reason: string | null;
  /** How often it happened; more than once for refusals that were folded. */
  count: number;
  user_id: string | null;
  /** As it was then. */
  user_email: string | null;
  credential_kind: string | null;
  credential_id: string | null;
  /** The OAuth2 client that acted. */
  client_id: string | null;
  entity_type: string | null;
  entity_id: string | null;
  entity_name: string | null;
  changes: Readonly<Record<string, JsonValue>> | null;
  details: Readonly<Record<string, JsonValue>> | null;
  address: string | null;
  request_id: string | null;
}

/** The caller of now did it. */
export const doneRow = (entry: AuditEntry): AuditRow => toRow(entry, currentCall(), { result: 'done', reason: null });

/**
 * The caller of now was not allowed to. It stands in the trail of an organization only for those whom that organization
 * has let in: nobody else may write there. In the instance's trail the details name the organization that was asked for.
 */
export function refusedRow(entry: AuditEntry, reason: string): AuditRow {
  const call = currentCall();
  const { organizationId, ...rest } = entry;
  const caller = call?.caller;
  const within = caller && 'organizationId' in caller && caller.organizationId === organizationId;
  const foreign = organizationId !== undefined && !within;
  const owned = foreign ? { ...rest, details: { ...rest.details, organizationId } } : entry;
  return toRow(owned, call, { result: 'refused', reason: boundedText(reason, 500) });
}

function toRow(entry: AuditEntry, call: Call | undefined, outcome: Pick<AuditRow, 'result' | 'reason'>): AuditRow {
  const caller = call?.caller;
  const { actor, entity } = entry;
  return {
    id: newId(),
    at: new Date(),
    organization_id: entry.organizationId ?? null,
    action: boundedText(entry.action, 100),
    ...outcome,
    count: 1,
    user_id: (actor ? actor.userId : caller?.userId) ?? null,
    user_email: text(actor?.email ?? caller?.email, 320),
    credential_kind: caller?.credential.kind ?? null,
    credential_id: text(caller?.credential.id, 200),
    client_id: text(caller?.clientId, 200),
    entity_type: text(entity?.type, 100),
    entity_id: text(entity?.id, 200),
    entity_name: text(entity?.name, 200),
    changes: entry.changes ? boundedDocument(entry.changes) : null,
    details: entry.details ? boundedDocument(entry.details) : null,
    address: text(call?.address || undefined, 100),
    request_id: text(call?.requestId, 200),
  };
}

const text = (value: string | undefined, max: number): string | null =>
  value === undefined ? null : boundedText(value, max);
