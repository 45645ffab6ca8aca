import type { JsonValue } from '#kernel';

/** One line of the trail. Who, from where and with which credential is read from the current call. Never a secret. */
export interface AuditEntry {
  /** `<entity>.<verb>`: `user.create`, `organization.suspend`, `session.start`. */
  action: string;
  /** What it was done to. The name stays readable after the entity is gone. */
  entity?: { type: string; id: string; name?: string };
  /** The organization it belongs to; nothing for what belongs to the instance. */
  organizationId?: string;
  /** Whoever acts where the call has no caller yet: somebody who signs in. */
  actor?: { userId?: string; email: string };
  changes?: Changes;
  /** What else explains it: the reason of a suspension, the number of tokens that ended. */
  details?: { [name: string]: JsonValue };
}

/** Fields with what they were and what they are. Fields that hold secrets are never among them. */
export type Changes = Record<string, { from: JsonValue; to: JsonValue }>;

/** Who did what. Implemented by the audit area; injected by whoever changes something. */
export abstract class AuditTrail {
  /**
   * Writes down what is being done, in the caller's transaction: both are kept or neither. Call it inside
   * `Database.asSystem` or `Database.inOrganization`, around change and record.
   */
  record(entry: AuditEntry): Promise<void> {
    return this.recordAll([entry]);
  }

  /** The same of much that is done at once, all of it in one organization or all in the instance. */
  abstract recordAll(entries: readonly AuditEntry[]): Promise<void>;

  /**
   * Writes down what was refused, and changed nothing. Returns at once, never fails what it is called from, and is kept
   * when the open transaction is rolled back. The same again within a minute is counted rather than written. It belongs
   * to the organization only if the caller of now is a member there, else to the instance.
   */
  abstract refused(entry: AuditEntry, reason: string): void;
}

/** The named fields that differ. Dates become RFC 3339, what is missing becomes null. */
export function changesBetween<E extends object>(before: E, after: E, fields: readonly (keyof E & string)[]): Changes {
  const plain = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
  const pairs = fields.map((field) => [field, { from: plain(before[field]), to: plain(after[field]) }] as const);
  return Object.fromEntries(pairs.filter(([, { from, to }]) => JSON.stringify(from) !== JSON.stringify(to)));
}
