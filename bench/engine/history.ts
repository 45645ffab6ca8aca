import type pg from 'pg';
import { built } from '../lib/built.ts';
import type { Engine } from './measure.ts';

/** The history lies on so many days, each a partition of its own; today's is left to the runs that are measured. */
const DAYS = 14;
const PIPELINES = 20;

type Ensure = (table: object) => (owner: pg.Client) => Promise<void>;

/** Fills the history up from so many finished executions to so many, with what a run of two nodes leaves behind. */
export async function fillHistory({ database, session }: Engine, from: number, to: number): Promise<void> {
  const { ensureTimePartitions } = built<{ ensureTimePartitions: Ensure }>('#platform/database');
  await database.asOwner(async (owner) => {
    for (const table of ['executions', 'execution_nodes']) {
      await ensureTimePartitions({ table, column: 'created_at', every: 'day', behind: DAYS, ahead: 2 })(owner);
    }
  });
  await database.query(FILL, [session.organizationId, from + 1, to]);
  await database.query(FILL_NODES, [session.organizationId, from + 1, to]);
  await database.asOwner((owner) => owner.query('VACUUM (ANALYZE) executions, execution_nodes'));
}

/*
 * Number i of a history: its time is one of the last days, evenly, and its id a UUIDv7 of that time. One in fifty failed.
 * Both statements compute the same ids.
 */
const NUMBERED = `
  SELECT i, at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || 'a'
    || substr(md5(i::text), 4, 15))::uuid AS id
  FROM (SELECT i, date_trunc('day', now(), 'UTC') - interval '1 ms'
                  - (i * 7919 % (${DAYS} * 86400000 - 60000)) * interval '1 ms' AS at
        FROM generate_series($2::bigint, $3::bigint) i) t`;

const FILL = `
  INSERT INTO executions (id, organization_id, created_at, pipeline_id, pipeline_name, pipeline_version, trigger,
    trigger_node_id, status, priority, chain_depth, history_detail, moment_id, moment_at, input, started_at, finished_at, error)
  SELECT id, $1, at, md5('pipeline ' || i % ${PIPELINES})::uuid, 'Pipeline ' || i % ${PIPELINES}, 1, 'webhook', 'start',
    CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'completed' END, 2, 0, 'standard', id, at, decode(repeat(md5(i::text), 3), 'hex'),
    at + interval '2 ms', at + interval '2 ms' + i % 200 * interval '1 ms',
    CASE WHEN i % 50 = 0 THEN '{"message": "Set failed", "nodeId": "set", "nodeName": "Set"}'::json END
  FROM (${NUMBERED}) n`;

const FILL_NODES = `
  INSERT INTO execution_nodes (organization_id, execution_id, created_at, node_id, iteration, status, attempts, reused,
    started_at, duration_ms, ports)
  SELECT $1, id, at, node, '', 'completed', 1, false, at + interval '2 ms', i % 100, '{out}'
  FROM (${NUMBERED}) n, unnest('{hot,set}'::text[]) node`;
