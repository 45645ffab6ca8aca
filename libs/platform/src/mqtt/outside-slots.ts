import type { LockSession } from '../database';

/** The first key of the advisory locks; the second one is made of broker and slot. */
const LOCKS = 7_243_002;
/** More ingest processes than anybody runs: a look for a free slot has an end. */
const MAX_SLOTS = 1_000;

/** Rows of one broker, and whether any process holds them. */
const SLOTS = `
  SELECT slot, state, EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = ${LOCKS} AND objid = $1 * ${MAX_SLOTS} + slot AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ) AS held
  FROM ingest_slots WHERE broker = $1`;

/**
 * `opened`: it may exist at the broker. `subscribed`: it gets its share of the messages. `leaving`: it gets no more, and
 * what the broker still holds for it is being fetched.
 */
type SlotState = 'opened' | 'subscribed' | 'leaving';

export interface UnheldSlot {
  slot: number;
  leaving: boolean;
}

interface SlotRow {
  slot: number;
  state: SlotState;
  held: boolean;
}

/**
 * The ingest slots: a number for each session at an outside broker. Whoever holds a slot's lock may connect under its
 * client id, nobody else. Holds on one lock session; all methods throw once that is lost.
 */
export class IngestSlots {
  constructor(
    private readonly session: LockSession,
    /** The number of the broker: each has slots of its own. */
    private readonly broker: number,
  ) {}

  /** The installation's id in short: eight hexadecimal digits, chosen at random when its tables were made. */
  async installation(): Promise<string> {
    const [row] = await this.session.query<{ id: string }>('SELECT left(id::text, 8) AS id FROM installation');
    return row!.id;
  }

  /**
   * Takes a slot: the one it had, else the lowest whose session waits for somebody, else the lowest number without a row.
   * @throws Error when there is none.
   */
  async claim(earlier: number | undefined): Promise<number> {
    const rows = await this.session.query<SlotRow>(`${SLOTS} ORDER BY slot`, [this.broker]);
    const known = new Set(rows.map(({ slot }) => slot));
    const waiting = rows.filter(({ held }) => !held).map(({ slot }) => slot);
    const numbers = Array.from({ length: MAX_SLOTS }, (_, slot) => slot).filter((slot) => !known.has(slot));
    for (const slot of [...(earlier === undefined ? [] : [earlier]), ...waiting, ...numbers]) {
      if (!(await this.lock(slot))) continue;
      await this.session.query(
        `INSERT INTO ingest_slots (broker, slot, state) VALUES ($1, $2, 'opened')
         ON CONFLICT (broker, slot) DO UPDATE SET state = 'opened'`,
        [this.broker, slot],
      );
      return slot;
    }
    throw new Error(`no ingest slot is free of ${MAX_SLOTS}`);
  }

  /** Takes one that has a row and no holder, the one it had before all others; undefined when there is none. */
  async claimLeft(earlier: number | undefined): Promise<number | undefined> {
    const left = (await this.unheld()).map(({ slot }) => slot).sort((a, b) => a - b);
    for (const slot of left.includes(earlier!) ? [earlier!, ...left] : left) {
      if (await this.take(slot, 'opened')) return slot;
    }
    return undefined;
  }

  /** Whether no session is left at the broker. */
  async isEmpty(): Promise<boolean> {
    const rows = await this.session.query('SELECT FROM ingest_slots WHERE broker = $1 LIMIT 1', [this.broker]);
    return rows.length === 0;
  }

  /** From now on others may leave and count on this one. */
  async subscribed(slot: number): Promise<void> {
    await this.session.query(`UPDATE ingest_slots SET state = 'subscribed' WHERE broker = $1 AND slot = $2`, [
      this.broker,
      slot,
    ]);
  }

  /**
   * Whether this process may end its session: another one that stays is subscribed. Of several that end at once, the last
   * is told no. On an error the lock session must be closed: its transaction may be open.
   */
  async mayLeave(slot: number): Promise<boolean> {
    await this.session.query('BEGIN');
    await this.session.query('LOCK TABLE ingest_slots IN SHARE ROW EXCLUSIVE MODE');
    const rows = await this.session.query(
      `UPDATE ingest_slots SET state = 'leaving' WHERE broker = $1 AND slot = $2
         AND EXISTS (SELECT FROM (${SLOTS}) AS s WHERE s.slot <> $2 AND s.held AND s.state = 'subscribed')
       RETURNING slot`,
      [this.broker, slot],
    );
    await this.session.query('COMMIT');
    return rows.length === 1;
  }

  /** Sessions that may exist at the broker and that no process has. */
  async unheld(): Promise<UnheldSlot[]> {
    const rows = await this.session.query<SlotRow>(SLOTS, [this.broker]);
    return rows.filter(({ held }) => !held).map(({ slot, state }) => ({ slot, leaving: state === 'leaving' }));
  }

  /** Takes a slot beside one's own, to end its session. @returns false when another process was faster. */
  adopt(slot: number): Promise<boolean> {
    return this.take(slot, 'leaving');
  }

  /** Its session has ended at the broker. */
  async forget(slot: number): Promise<void> {
    await this.session.query('DELETE FROM ingest_slots WHERE broker = $1 AND slot = $2', [this.broker, slot]);
    await this.release(slot);
  }

  /** Whatever sessions there were, they have expired. */
  async forgetAll(): Promise<void> {
    await this.session.query('DELETE FROM ingest_slots WHERE broker = $1', [this.broker]);
  }

  async release(slot: number): Promise<void> {
    await this.session.query('SELECT pg_advisory_unlock($1, $2)', [LOCKS, this.key(slot)]);
  }

  /** One that still has its row. @returns false when another process was faster. */
  private async take(slot: number, state: SlotState): Promise<boolean> {
    if (!(await this.lock(slot))) return false;
    const rows = await this.session.query(
      'UPDATE ingest_slots SET state = $3 WHERE broker = $1 AND slot = $2 RETURNING slot',
      [this.broker, slot, state],
    );
    if (rows.length === 0) await this.release(slot);
    return rows.length === 1;
  }

  private key(slot: number): number {
    return this.broker * MAX_SLOTS + slot;
  }

  private async lock(slot: number): Promise<boolean> {
    const [row] = await this.session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
      LOCKS,
      this.key(slot),
    ]);
    return row!.taken;
  }
}
