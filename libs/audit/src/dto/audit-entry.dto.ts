import type { AuditResult, AuditRow } from '../audit-row';

export class AuditUser {
  /** null for an address of nobody. */
  id!: string | null;

  /** As it was then. */
  email!: string | null;
}

export class AuditCredential {
  /** @example "token" */
  kind!: string;

  id!: string;
}

export class AuditedEntity {
  /** @example "topic" */
  type!: string;

  id!: string;

  /** As it was then. */
  name!: string | null;
}

export class AuditEntryView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  at!: Date;

  /** @example "topic.update" */
  action!: string;

  /** `done`, or `refused`: then nothing was changed. */
  result!: AuditResult;

  /** Why it was refused. */
  reason!: string | null;

  /** How often: refusals of the same kind within a minute are counted in one entry. */
  count!: number;

  /** null for what the platform did by itself. */
  user!: AuditUser | null;

  credential!: AuditCredential | null;

  /** The OAuth2 client that acted. */
  clientId!: string | null;

  entity!: AuditedEntity | null;

  /** Fields with what they were and what they are: `{name: {from, to}}`. */
  changes!: object | null;

  details!: object | null;

  /** Where it came from. */
  address!: string | null;

  requestId!: string | null;
}

export const toAuditEntryView = (row: AuditRow): AuditEntryView => ({
  id: row.id,
  at: row.at,
  action: row.action,
  result: row.result,
  reason: row.reason,
  count: row.count,
  user: row.user_id === null && row.user_email === null ? null : { id: row.user_id, email: row.user_email },
  credential:
    row.credential_kind === null || row.credential_id === null
      ? null
      : { kind: row.credential_kind, id: row.credential_id },
  clientId: row.client_id,
  entity:
    row.entity_type === null || row.entity_id === null
      ? null
      : { type: row.entity_type, id: row.entity_id, name: row.entity_name },
  changes: row.changes,
  details: row.details,
  address: row.address,
  requestId: row.request_id,
});
