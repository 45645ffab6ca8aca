import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { signal } from '#platform/signals';
import { toRecordView } from '../record';
import { idOf } from '../storage/record-row';
import type { Row } from '../ingest/row';

export const FEED_SIGNAL = 'uns.feed';

interface Lane {
  number: string;
  /** Of the last row. */
  seq: number;
  usedAt: number;
}

/** A lane of which nothing is left in the feed begins anew: nobody would know what is missing of it. */
const LONGEST_IDLE_MS = 30 * 60_000;

/**
 * Writes what somebody listens to into the feed, in the transaction that stores it. A lane is what one writer has stored of
 * one organization: its rows are numbered without gaps and committed in this order, so a reader that has seen one knows
 * that it has seen all before it.
 */
@Injectable()
export class FeedWriter {
  private readonly lanes = new Map<string, Lane>();

  /** @param writer of this process: it has one transaction at a time. */
  async add(manager: EntityManager, writer: number, rows: readonly Row[]): Promise<void> {
    const byOrganization = Map.groupBy(rows, ({ organizationId }) => organizationId);
    for (const [organizationId, some] of byOrganization) {
      const key = keyOf(writer, organizationId);
      const lane = this.usable(key) ?? { number: await newLane(manager), seq: 0 };
      await manager.query(INSERT, [
        organizationId,
        lane.number,
        lane.seq,
        some.map(({ topic }) => topic),
        some.map(toText),
      ]);
      // Whether it is committed is not known yet: see `abandon`.
      this.lanes.set(key, { ...lane, seq: lane.seq + some.length, usedAt: Date.now() });
    }
    if (byOrganization.size > 0) await signal(manager, FEED_SIGNAL, [...byOrganization.keys()]);
  }

  private usable(key: string): Lane | undefined {
    const lane = this.lanes.get(key);
    return lane && Date.now() - lane.usedAt < LONGEST_IDLE_MS ? lane : undefined;
  }

  /** After a transaction that did not end well, or nobody knows how: the numbers may have been used, or not. */
  abandon(writer: number): void {
    for (const key of this.lanes.keys()) if (key.startsWith(`${writer} `)) this.lanes.delete(key);
  }
}

const keyOf = (writer: number, organizationId: string): string => `${writer} ${organizationId}`;

async function newLane(manager: EntityManager): Promise<string> {
  const [row] = await manager.query<{ lane: string }[]>(`SELECT nextval('uns_lane') AS lane`);
  return row!.lane;
}

const toText = (row: Row): string => JSON.stringify({ id: idOf(row), ...toRecordView(row.topic, row, row.value) });

const INSERT = `
  INSERT INTO uns_feed (organization_id, lane, seq, topic, record)
  SELECT $1, $2, $3 + n, topic, record::json FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS t (topic, record, n)`;
