import { Injectable } from '@nestjs/common';
import { conflict, encodeTimeCursor, newId, readTimeCursor, type Member, type TimePosition } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { UnsDataService } from '../data/uns-data.service';
import type { Resubmit, Resubmitted } from './dto/quarantine.dto';
import { QuarantineRepository, type Quarantined } from './quarantine.repository';
import { QuarantineService } from './quarantine.service';
import type { Selection } from './selection';

/** Of one transaction. */
const MOST_VALUES = 2_000;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * Gives values that were refused to their topics again, in the order of their arrival. One call at a time for each
 * organization: the order holds for those who listen, too.
 */
@Injectable()
export class ResubmissionService {
  constructor(
    private readonly values: QuarantineRepository,
    private readonly quarantine: QuarantineService,
    private readonly data: UnsDataService,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Values that pass now become records with the ids and times that they have; what was done stays done when it fails.
   * @throws DomainError `bad_request`; `insufficient_scope`; `conflict` while another call is under way; `unavailable`.
   */
  async resubmit(member: Member, { topic, ids, limit, cursor }: Resubmit): Promise<Resubmitted> {
    const { organizationId } = member;
    const selection = { topic, ids };
    const after = readTimeCursor(cursor);
    await this.quarantine.requireRight(member, 'uns:publish', selection);
    const claim = newId();
    if (!(await this.values.claim(organizationId, claim))) throw underWay();
    try {
      const done = await this.resubmitAll(organizationId, claim, selection, limit, after);
      await this.record(member, topic, done);
      return done;
    } finally {
      await this.values.release(organizationId, claim);
    }
  }

  private async resubmitAll(
    organizationId: string,
    claim: string,
    selection: Selection,
    limit: number,
    from: TimePosition | undefined,
  ): Promise<Resubmitted> {
    let [resubmitted, refused, tried, after] = [0, 0, 0, from];
    while (tried < limit) {
      if (!(await this.values.renew(organizationId, claim))) throw underWay();
      const page = { after, limit: Math.min(limit - tried, MOST_VALUES), characters: MOST_CHARACTERS };
      const values = await this.values.next(organizationId, selection, page);
      const last = values.at(-1);
      if (!last) break;
      const { stored, refused: again } = await this.store(organizationId, claim, values);
      resubmitted += stored.length;
      refused += again.length;
      tried += values.length;
      after = { at: last.receivedAt, id: last.id };
    }
    const remaining = await this.values.count(organizationId, selection, after);
    const nextCursor = remaining > 0 && after ? encodeTimeCursor(after) : null;
    return { resubmitted, refused, remaining, nextCursor };
  }

  private store(organizationId: string, claim: string, values: readonly Quarantined[]) {
    const records = values.map(({ topic, value, source, timestamp, quality }) => ({
      topic,
      value,
      source,
      timestamp: timestamp.getTime(),
      quality,
    }));
    const read = values.map(({ id, receivedAt, version }) => ({ id, receivedAt: receivedAt.getTime(), version }));
    return this.data.publishAgain(organizationId, records, { claim, values: read });
  }

  private async record({ organizationId }: Member, topic: string | undefined, { resubmitted, refused }: Resubmitted) {
    if (resubmitted === 0) return;
    const entity = { type: 'quarantine', id: organizationId, ...(topic !== undefined && { name: topic }) };
    await this.audit.record({
      action: 'quarantine.resubmit',
      organizationId,
      entity,
      details: { resubmitted, refused },
    });
  }
}

const underWay = () => conflict('Values of the organization are being resubmitted already');
