import { Logger } from '@nestjs/common';
import { DomainError, newId } from '#kernel';
import { isCollision } from '#platform/database';
import { Counter } from 'prom-client';
import type { AuditRow } from './audit-row';

/** The same again within this time is counted and not written. */
const FOLD_MS = 60_000;
/** Different refusals that are remembered for folding, and entries that wait for being written. */
const MAX_OPEN = 10_000;
const MAX_WAITING = 10_000;
const BATCH = 1_000;

const droppedTotal = new Counter({
  name: 'maestrohub_audit_dropped_total',
  help: 'Refusals that were not written to the audit trail, as there were too many',
});

interface OpenFold {
  until: number;
  latest: AuditRow;
  repeats: number;
}

/**
 * Refusals on their way into the trail. They cost nothing but memory until `flush`, and that is bounded: whoever is
 * refused often or in many ways must hold up neither the platform nor fill its disk. The first of a kind is written with
 * the next flush; its repeats within a minute become one more entry, which says how many they were.
 */
export class Refusals {
  private readonly logger = new Logger(Refusals.name);
  // In the order in which their time ends.
  private readonly open = new Map<string, OpenFold>();
  private waiting: AuditRow[] = [];
  private dropped = 0;
  private nextReport = 0;
  private writing: Promise<void> | undefined;
  private failing = false;

  /** @param write keeps all of the rows or none. */
  constructor(private readonly write: (rows: readonly AuditRow[]) => Promise<void>) {}

  add(row: AuditRow): void {
    const key = kindOf(row);
    const known = this.open.get(key);
    if (known) {
      known.repeats++;
      known.latest = row;
      return;
    }
    if (this.open.size >= MAX_OPEN) {
      this.drop(1);
      return;
    }
    this.open.set(key, { until: row.at.getTime() + FOLD_MS, latest: row, repeats: 0 });
    this.enqueue(row);
  }

  /** Writes what waits, one batch at a time; what cannot be written now waits on. Never fails. */
  flush(): Promise<void> {
    this.close(Date.now());
    this.report(Date.now());
    return (this.writing ??= this.writeWaiting().finally(() => (this.writing = undefined)));
  }

  /** At the end: writes also the repeats whose minute is not over. */
  async end(): Promise<void> {
    await this.writing;
    this.close(Infinity);
    this.report(Infinity);
    await this.flush();
  }

  private enqueue(row: AuditRow): void {
    if (this.waiting.length < MAX_WAITING) this.waiting.push(row);
    else this.drop(row.count);
  }

  private drop(count: number): void {
    this.dropped += count;
    droppedTotal.inc(count);
  }

  private close(now: number): void {
    for (const [key, { until, latest, repeats }] of this.open) {
      if (until > now) return;
      this.open.delete(key);
      if (repeats > 0) this.enqueue({ ...latest, count: repeats });
    }
  }

  /** Says in the trail itself that it has a gap, once a minute. */
  private report(now: number): void {
    if (this.dropped === 0 || now < this.nextReport) return;
    this.logger.warn(`${this.dropped} refusals were too many for the audit trail`);
    this.waiting.push(gap(this.dropped));
    this.dropped = 0;
    this.nextReport = now + FOLD_MS;
  }

  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      try {
        await this.write(batch);
        this.failing = false;
      } catch (error) {
        if (!this.failing) this.logger.warn(`refusals cannot be written to the audit trail: ${String(error)}`);
        this.failing = true;
        if (passes(error)) return;
        await this.writeOneByOne(batch);
      }
      this.waiting = this.waiting.slice(batch.length);
    }
  }

  /** One row that cannot be kept must not take the others with it. */
  private async writeOneByOne(rows: readonly AuditRow[]): Promise<void> {
    for (const row of rows) await this.write([row]).catch(() => this.drop(row.count));
  }
}

/**
 * What makes two refusals the same. Who comes from where and what was refused, but nothing that a caller can choose at
 * will, such as a topic or an organization in the details: it could open as many kinds as it likes.
 */
const kindOf = (row: AuditRow): string =>
  JSON.stringify([
    row.organization_id,
    row.action,
    row.reason,
    row.entity_type,
    row.entity_id,
    row.credential_id ?? row.address,
    row.user_email,
  ]);

/** Later it may work: the database does not answer, or another transaction got in the way. */
const passes = (error: unknown): boolean =>
  isCollision(error) || (error instanceof DomainError && error.kind === 'unavailable');

const gap = (count: number): AuditRow => ({
  id: newId(),
  at: new Date(),
  organization_id: null,
  action: 'audit.dropped',
  result: 'refused',
  reason: 'More refusals than the trail can take',
  count,
  user_id: null,
  user_email: null,
  credential_kind: null,
  credential_id: null,
  client_id: null,
  entity_type: null,
  entity_id: null,
  entity_name: null,
  changes: null,
  details: null,
  address: null,
  request_id: null,
});
