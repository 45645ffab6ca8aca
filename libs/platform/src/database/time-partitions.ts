import type { Client } from 'pg';
import type { OwnerStep } from './migrate';

/*
 * Tables that grow for ever lie in one partition a day or a month (UTC). Partitions are made ahead of time; what is older
 * or lies further in the future goes to the default partition, so that no row is ever refused for want of a partition.
 * The service roles have rights on the parent alone: a partition that is named directly skips its parent's policies.
 */

export interface TimePartitions {
  /** The parent: partitioned by range, with a default partition `<table>_default`. */
  table: string;
  /** The `timestamptz` column it is partitioned by. */
  column: string;
  every: 'day' | 'month';
  /** How many are kept ready before and after the present one. */
  behind: number;
  ahead: number;
}

/** A stretch of time that lies in one partition. */
export interface PartitionTime {
  /** Inclusive. */
  from: Date;
  /** Exclusive. */
  to: Date;
}

interface Partition {
  name: string;
  /** Inclusive, `YYYY-MM-DD`. */
  from: string;
  /** Exclusive. */
  to: string;
}

/** Both every worker and every start may come by at the same time. */
const PARTITION_LOCK = 7_243_002;
/** Dropping waits for all who read the table, and all who come after wait behind it: better the next time. */
const DROP_PATIENCE = '2s';
const DELETED_AT_ONCE = 5_000;

/** Makes the partitions around today; rows that wait in the default partition for a new one move there. */
export const ensureTimePartitions =
  (spec: TimePartitions): OwnerStep =>
  async (owner) => {
    const now = new Date();
    for (let steps = -spec.behind; steps <= spec.ahead; steps++)
      await ensure(owner, spec, partitionAt(spec, now, steps));
  };

/** Makes those that hold the times. */
export async function ensureTimePartitionsAt(
  owner: Client,
  spec: TimePartitions,
  times: readonly Date[],
): Promise<void> {
  for (const time of times) await ensure(owner, spec, partitionAt(spec, time, 0));
}

/**
 * Removes what is older than the time, by whole partitions: one that begins before it and ends after it stays as it is.
 * What `keeps` says is still needed stays, too: it is asked while nobody can write to the table, on a connection of its
 * own, and must not read that table. Answers the names of the dropped ones.
 * @throws Error when the table is too busy to drop one; the next run does it.
 */
export async function dropTimePartitions(
  owner: Client,
  spec: TimePartitions,
  olderThan: Date,
  keeps: (time: PartitionTime) => Promise<boolean> = () => Promise.resolve(false),
): Promise<string[]> {
  const kept = partitionAt(spec, olderThan, 0);
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
     WHERE inhparent = $1::regclass AND relname ~ '_\\d+$' AND relname < $2 COLLATE "C" ORDER BY 1`,
    [spec.table, kept.name],
  );
  const dropped: string[] = [];
  for (const { name } of rows) {
    await inTransaction(owner, async () => {
      await owner.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
      await owner.query(`SET LOCAL lock_timeout = '${DROP_PATIENCE}'`);
      await owner.query(`LOCK TABLE ONLY ${spec.table} IN ACCESS EXCLUSIVE MODE`);
      if (await keeps(timeOf(spec, name))) return;
      await owner.query(`DROP TABLE IF EXISTS ${owner.escapeIdentifier(name)}`);
      dropped.push(name);
    });
  }
  const before = new Date(`${kept.from}T00:00:00Z`);
  if (!(await keeps({ from: new Date(0), to: before }))) await emptyDefault(owner, spec, kept.from);
  return dropped;
}

async function ensure(owner: Client, { table, column }: TimePartitions, { name, from, to }: Partition): Promise<void> {
  await inTransaction(owner, async () => {
    await owner.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    const { rows } = await owner.query<{ made: boolean }>('SELECT to_regclass($1) IS NOT NULL AS made', [name]);
    if (rows[0]!.made) return;
    await owner.query(`
      CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING INDEXES);
      LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE;
    `);
    await moveFromDefault(owner, { table, column, name, from, to });
    await owner.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}Z') TO ('${to}Z')`);
  });
}

async function moveFromDefault(
  owner: Client,
  { table, column, name, from, to }: Partition & Pick<TimePartitions, 'table' | 'column'>,
): Promise<void> {
  // Generated columns cannot be written, only computed again.
  const { rows } = await owner.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  const { columns } = rows[0]!;
  await owner.query(`
    WITH moved AS (
      DELETE FROM ${table}_default WHERE "${column}" >= '${from}Z' AND "${column}" < '${to}Z' RETURNING ${columns}
    ) INSERT INTO ${name} (${columns}) SELECT ${columns} FROM moved`);
}

async function emptyDefault(owner: Client, { table, column }: TimePartitions, before: string): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.query(
      `DELETE FROM ${table}_default WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table}_default WHERE "${column}" < '${before}Z' LIMIT ${DELETED_AT_ONCE}))`,
    );
    if (rowCount! < DELETED_AT_ONCE) return;
  }
}

async function inTransaction(owner: Client, work: () => Promise<void>): Promise<void> {
  await owner.query('BEGIN');
  try {
    await work();
    await owner.query('COMMIT');
  } catch (error) {
    await owner.query('ROLLBACK');
    throw error;
  }
}

/** The partition that holds the time, or one so many steps away from it. */
function partitionAt({ table, every }: TimePartitions, time: Date, steps: number): Partition {
  const from = startOf(every, time, steps);
  const digits = from.slice(0, every === 'month' ? 7 : 10).replaceAll('-', '');
  return { name: `${table}_${digits}`, from, to: startOf(every, time, steps + 1) };
}

/** What the digits of its name say. */
function timeOf({ table, every }: TimePartitions, name: string): PartitionTime {
  const digits = name.slice(table.length + 1);
  const from = new Date(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6) || '01'}T00:00:00Z`);
  return { from, to: new Date(`${startOf(every, from, 1)}T00:00:00Z`) };
}

function startOf(every: TimePartitions['every'], time: Date, steps: number): string {
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  const start = every === 'month' ? Date.UTC(year, month + steps) : Date.UTC(year, month, day + steps);
  return new Date(start).toISOString().slice(0, 10);
}
