import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditTrail, type AuditEntry } from '#platform/audit';
import { Lifecycle } from '#platform/lifecycle';
import { doneRow, refusedRow } from './audit-row';
import { AuditRepository } from './audit.repository';
import { Refusals } from './refusals';

/** Refusals are in the trail after this time and that of a commit. */
const FLUSH_MS = 200;
/** Entries of one statement. */
const BATCH = 1_000;

/** The trail in `audit_entries`. */
@Injectable()
export class DatabaseAuditTrail extends AuditTrail implements OnModuleInit {
  private readonly refusals: Refusals;

  constructor(
    private readonly entries: AuditRepository,
    private readonly lifecycle: Lifecycle,
  ) {
    super();
    this.refusals = new Refusals((rows) => this.entries.append(rows));
  }

  onModuleInit(): void {
    // Started here and not by the first refusal: a timer stays in the transaction in which it was made.
    const timer = setInterval(() => void this.refusals.flush(), FLUSH_MS);
    this.lifecycle.atShutdown('queues', 'audit trail', () => {
      clearInterval(timer);
      return this.refusals.end();
    });
  }

  override async recordAll(entries: readonly AuditEntry[]): Promise<void> {
    for (let at = 0; at < entries.length; at += BATCH) {
      await this.entries.record(entries.slice(at, at + BATCH).map(doneRow));
    }
  }

  override refused(entry: AuditEntry, reason: string): void {
    this.refusals.add(refusedRow(entry, reason));
  }
}
