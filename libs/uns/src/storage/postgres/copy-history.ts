import { pipeline } from 'node:stream/promises';
import { asOwner, ensureTimePartitionsAt, roleUrl, type DatabaseAccess } from '#platform/database';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { RECORDS } from '../../history/partitions';
import type { CopyProgress } from '../storage-state';
import { inPieces } from './pieces';

/*
 * Copies records from one database into another, as fast as both can COPY. Into a table with row-level security nothing
 * can be copied; so a piece goes to a temporary table first and from there into the records, where those that are there
 * already, new ones that went to both, stay as they are.
 */

/** Bytes of one piece: what one transaction inserts. */
const PIECE_BYTES = 16 * 1024 * 1024;
const DAY_MS = 86_400_000;

const COLUMNS = 'organization_id, topic_id, id, "timestamp", received_at, quality, source, number, value, reason';

export interface CopyOptions {
  /** Stretches that were done before. */
  skip: number;
  report: (progress: CopyProgress) => Promise<void>;
  signal: AbortSignal;
}

/** Resolves when everything that `source` held when it began is in `target`. */
export async function copyHistory(
  source: DatabaseAccess,
  target: DatabaseAccess,
  { skip, report, signal }: CopyOptions,
): Promise<void> {
  await withClients([source, target], async (from, to) => {
    await to.query(`CREATE TEMP TABLE piece (LIKE uns_records)`);
    const days = await daysOf(from);
    await asOwner(target, (owner) => makeRoom(owner, days));
    const stretches = stretchesOf(days);
    let records = 0;
    for (let done = Math.min(skip, stretches.length); done < stretches.length; done++) {
      signal.throwIfAborted();
      records += await copyStretch(from, to, stretches[done]!, signal);
      await report({ done: done + 1, of: stretches.length, records });
    }
  });
}

type Stretch = readonly [from: string, to: string];

/** A hypertable makes its own. */
async function makeRoom(owner: Client, days: readonly Date[]): Promise<void> {
  const { rowCount } = await owner.query(`SELECT FROM pg_partitioned_table WHERE partrelid = 'uns_records'::regclass`);
  if (rowCount === 1) await ensureTimePartitionsAt(owner, RECORDS, days);
}

/** Those that have a partition. */
async function daysOf(client: Client): Promise<Date[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
     WHERE inhparent = 'uns_records'::regclass AND relname ~ '_\\d{8}$' ORDER BY 1`,
  );
  return rows.map(({ name }) => new Date(name.slice(-8).replace(/(....)(..)(..)/, '$1-$2-$3')));
}

/** Each of the days, and what lies before, between and after them; in this order, whenever it is asked. */
function stretchesOf(days: readonly Date[]): Stretch[] {
  const stretches: Stretch[] = [];
  let end = '-infinity';
  for (const day of days) {
    const begin = day.toISOString();
    if (end !== begin) stretches.push([end, begin]);
    end = new Date(day.getTime() + DAY_MS).toISOString();
    stretches.push([begin, end]);
  }
  return [...stretches, [end, 'infinity']];
}

async function copyStretch(from: Client, to: Client, [begin, end]: Stretch, signal: AbortSignal): Promise<number> {
  // The bounds are ours; COPY takes no parameters.
  const rows = from.query(
    copyTo(
      `COPY (SELECT ${COLUMNS} FROM uns_records WHERE "timestamp" >= '${begin}' AND "timestamp" < '${end}') TO STDOUT`,
    ),
  );
  let records = 0;
  for await (const piece of inPieces(rows, PIECE_BYTES)) {
    signal.throwIfAborted();
    await pipeline([piece], to.query(copyFrom(`COPY piece (${COLUMNS}) FROM STDIN`)));
    const { rowCount } = await to.query(
      `WITH moved AS (SELECT ${COLUMNS} FROM piece)
       INSERT INTO uns_records (${COLUMNS}) SELECT * FROM moved ON CONFLICT DO NOTHING`,
    );
    await to.query('TRUNCATE piece');
    records += rowCount ?? 0;
  }
  return records;
}

async function withClients(accesses: DatabaseAccess[], work: (...clients: Client[]) => Promise<void>): Promise<void> {
  const clients = accesses.map(
    ({ database, secretKey }) =>
      new Client({
        connectionString: roleUrl(database.url, secretKey, 'system'),
        application_name: 'maestrohub-copy',
        connectionTimeoutMillis: 10_000,
        keepAlive: true,
      }),
  );
  // A connection that is lost rejects its query, too.
  for (const client of clients) client.on('error', () => undefined);
  try {
    for (const client of clients) await client.connect();
    await work(...clients);
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}
