import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { LANE_MINUTES, Position } from './position';

/** One value in the feed. */
export interface FeedRow {
  lane: number;
  seq: number;
  /** When its transaction began, epoch milliseconds. */
  at: number;
  topic: string;
  /** As JSON. */
  record: string;
}

/** How long a listener that is away finds what it has missed. */
export const FEED_MINUTES = 5;
/** Rows of a lane that are kept at most, and at least one. */
const MOST_KEPT = 500_000;

/** The lanes of an organization, one index look-up each. */
const LANES = `
  WITH RECURSIVE lanes AS (
    (SELECT lane FROM uns_feed WHERE organization_id = $1 ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT lane FROM uns_feed WHERE organization_id = $1 AND lane > l.lane ORDER BY lane LIMIT 1)
    FROM lanes l WHERE l.lane IS NOT NULL
  )`;

@Injectable()
export class FeedReader {
  constructor(private readonly database: Database) {}

  /** Behind the last row of now. */
  async end(organizationId: string): Promise<Position> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ lane: string; seq: string }[]>(
        `${LANES} SELECT lane, (SELECT max(seq) FROM uns_feed f WHERE organization_id = $1 AND f.lane = lanes.lane) AS seq
         FROM lanes WHERE lane IS NOT NULL`,
        [organizationId],
      ),
    );
    return new Position(
      rows.map(({ lane, seq }) => [Number(lane), Number(seq)] as const),
      Date.now(),
    );
  }

  /** What comes after the position, up to `limit` rows of each lane; those of a lane in their order. */
  async after(organizationId: string, position: Position, limit: number): Promise<FeedRow[]> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ lane: string; seq: string; at: Date; topic: string; record: string }[]>(AFTER, [
        organizationId,
        ...position.entries(),
        limit,
      ]),
    );
    return rows.map(({ lane, seq, at, topic, record }) => ({
      lane: Number(lane),
      seq: Number(seq),
      at: at.getTime(),
      topic,
      record,
    }));
  }

  /** Removes what nobody asks for any more; of every lane the last row stays, so that one sees what is missing. */
  async prune(): Promise<void> {
    await this.database.asSystem((manager) => manager.query(PRUNE));
  }
}

const AFTER = `${LANES}
  SELECT lanes.lane, f.seq, f.at, f.topic, f.record::text FROM lanes
  LEFT JOIN unnest($2::bigint[], $3::bigint[]) AS p (lane, seq) ON p.lane = lanes.lane
  CROSS JOIN LATERAL (
    SELECT seq, at, topic, record FROM uns_feed
    WHERE organization_id = $1 AND lane = lanes.lane AND seq > coalesce(p.seq, 0) ORDER BY seq LIMIT $4
  ) f
  WHERE lanes.lane IS NOT NULL ORDER BY f.at, lanes.lane, f.seq`;

const PRUNE = `
  DELETE FROM uns_feed f USING (
    SELECT organization_id, lane, max(seq) AS last, max(seq) FILTER (WHERE at < now() - interval '${FEED_MINUTES} minutes') AS old,
           max(at) AS at
    FROM uns_feed GROUP BY organization_id, lane
  ) l
  WHERE f.organization_id = l.organization_id AND f.lane = l.lane
    AND (l.at < now() - interval '${LANE_MINUTES} minutes' OR f.seq < l.last AND f.seq <= greatest(l.old, l.last - ${MOST_KEPT}))`;
