import type { LockSession } from '../database';

/** The first key of the advisory locks; the second one is the slot. */
const LOCKS = 7_243_002;
/** More ingest processes than anybody runs: a look for a free slot has an end. */
const MAX_SLOTS = 1_000;

/** Rows, and whether any process holds them. */
const SLOTS = `
  SELECT slot, state, EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = ${LOCKS} AND objid = slot AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ) AS held
  FROM ingest_slots`;

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
  constructor(private readonly session: LockSession) {}

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
    const rows = await this.session.query<SlotRow>(`${SLOTS} ORDER BY slot`);
    const known = new Set(rows.map(({ slot }) => slot));
    const waiting = rows.filter(({ held }) => !held).map(({ slot }) => slot);
    const numbers = Array.from({ length: MAX_SLOTS }, (_, slot) => slot).filter((slot) => !known.has(slot));
    for (const slot of [...(earlier === undefined ? [] : [earlier]), ...waiting, ...numbers]) {
      if (!(await this.lock(slot))) continue;
      await this.session.query(
        `INSERT INTO ingest_slots VALUES ($1, 'opened') ON CONFLICT (slot) DO UPDATE SET state = 'opened'`,
        [slot],
      );
      return slot;
    }
    throw new Error(`no ingest slot is free of ${MAX_SLOTS}`);
  }

  /** From now on others may leave and count on this one. */
  async subscribed(slot: number): Promise<void> {
    await this.session.query(`UPDATE ingest_slots SET state = 'subscribed' WHERE slot = $1`, [slot]);
  }

  /**
   * Whether this process may end its session: another one that stays is subscribed. Of several that end at once, the last
   * is told no. On an error the lock session must be closed: its transaction may be open.
   */
  async mayLeave(slot: number): Promise<boolean> {
    await this.session.query('BEGIN');
    await this.session.query('LOCK TABLE ingest_slots IN SHARE ROW EXCLUSIVE MODE');
    const rows = await this.session.query(
      `UPDATE ingest_slots SET state = 'leaving' WHERE slot = $1
         AND EXISTS (SELECT FROM (${SLOTS}) AS s WHERE s.slot <> $1 AND s.held AND s.state = 'subscribed')
       RETURNING slot`,
      [slot],
    );
    await this.session.query('COMMIT');
    return rows.length === 1;
  }

  /** Sessions that may exist at the broker and that no process has. */
  async unheld(): Promise<UnheldSlot[]> {
    const rows = await this.session.query<SlotRow>(SLOTS);
    return rows.filter(({ held }) => !held).map(({ slot, state }) => ({ slot, leaving: state === 'leaving' }));
  }

  /** Takes a slot beside one's own, to end its session. @returns false when another process was faster. */
  async adopt(slot: number): Promise<boolean> {
    if (!(await this.lock(slot))) return false;
    const rows = await this.session.query(`UPDATE ingest_slots SET state = 'leaving' WHERE slot = $1 RETURNING slot`, [
      slot,
    ]);
    if (rows.length === 0) await this.release(slot);
    return rows.length === 1;
  }

  /** Its session has ended at the broker. */
  async forget(slot: number): Promise<void> {
    await this.session.query('DELETE FROM ingest_slots WHERE slot = $1', [slot]);
    await this.release(slot);
  }

  async release(slot: number): Promise<void> {
    await this.session.query('SELECT pg_advisory_unlock($1, $2)', [LOCKS, slot]);
  }

  private async lock(slot: number): Promise<boolean> {
    const [row] = await this.session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
      LOCKS,
      slot,
    ]);
    return row!.taken;
  }
}
