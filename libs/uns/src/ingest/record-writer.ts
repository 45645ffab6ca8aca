import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { unavailable } from '#kernel';
import { Database, fixedArray, isCollision, isDataError, OID, textArray, writeTimestamp } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { Injectable } from '@nestjs/common';
import { stringify, v7 } from 'uuid';
import { QUALITIES, type RecordInput } from '../record';
import { RecordObservers, type ObservedRecord } from './record-observers';
import { TopicRegistry } from '../topics/topic-registry';

/** What one caller handed over: stored as a whole or not at all. */
interface Batch {
  organizationId: string;
  records: readonly RecordInput[];
  /** The records' values as they are stored; null for a number, which has a column of its own. */
  documents: readonly (string | null)[];
  /** Characters of all documents. */
  size: number;
  /** The first of the ids where they have to be the same every time. */
  firstId: Buffer | undefined;
  /** Of the run that publishes them. */
  chainDepth: number | undefined;
  receivedAt: number;
  done: (receivedAt: number) => void;
  failed: (error: unknown) => void;
}

interface Row {
  batch: Batch;
  record: RecordInput;
  /** Its place in the batch. */
  index: number;
  document: string | null;
  topicId: string;
}

export interface AppendOptions {
  /** For records that are handed over again with the same topics and timestamps: by the same key they are stored once. */
  key?: string | undefined;
  /** Of the run that publishes them. */
  chainDepth?: number | undefined;
}

/** While one transaction waits for the disk, the next is gathered and sent. */
const WRITERS = 2;
/** Tries of one transaction that others get in the way of. */
const MOST_ATTEMPTS = 4;
/** Rows of one transaction, unless a single batch is larger. */
const MOST_ROWS = 2_000;
/** Characters of their documents, likewise: a few long ones must not make a message that the server refuses. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Rows, and characters of documents, that may wait in memory; beyond it callers are refused and try again. */
const MOST_WAITING = { rows: 100_000, characters: 128 * 1024 * 1024 };

/**
 * Group commit: a batch is written at once when a writer is idle; otherwise all that arrives gathers until one is.
 * `append` resolves after the commit, so whatever was acknowledged is on disk.
 */
@Injectable()
export class RecordWriter {
  private waiting: Batch[] = [];
  private waitingRows = 0;
  private waitingCharacters = 0;
  private readonly writers = new Set<Promise<void>>();
  /** Writers serve all callers: they must not run in the transaction, or log as the request, of the one that wakes them. */
  private readonly outsideOfCallers = AsyncLocalStorage.snapshot();

  constructor(
    private readonly database: Database,
    private readonly topics: TopicRegistry,
    private readonly observers: RecordObservers,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'record writer', () => this.settled());
  }

  /**
   * Resolves after the commit with the time of receipt, epoch milliseconds.
   * @throws DomainError `unavailable` when the database does not answer or too much is waiting for it.
   */
  async append(
    organizationId: string,
    records: readonly RecordInput[],
    { key, chainDepth }: AppendOptions = {},
  ): Promise<number> {
    const documents = records.map(({ value }) => (typeof value === 'number' ? null : JSON.stringify(value)));
    const size = documents.reduce((sum, document) => sum + (document?.length ?? 0), 0);
    const { rows, characters } = MOST_WAITING;
    if (this.waitingRows + records.length > rows || this.waitingCharacters + size > characters) {
      throw unavailable('More data arrives than can be stored', 1);
    }
    const firstId = key === undefined ? undefined : firstIdOf(key);
    return new Promise((done, failed) => {
      const receivedAt = Date.now();
      this.waiting.push({ organizationId, records, documents, size, firstId, chainDepth, receivedAt, done, failed });
      this.waitingRows += records.length;
      this.waitingCharacters += size;
      if (this.writers.size < WRITERS) this.startWriter();
    });
  }

  /** Resolves when all that was handed over is stored or refused. */
  private async settled(): Promise<void> {
    while (this.writers.size > 0) await Promise.all(this.writers);
  }

  private startWriter(): void {
    const writer = this.outsideOfCallers(() => this.drain()).finally(() => {
      this.writers.delete(writer);
      // What came between the last look and now.
      if (this.waiting.length > 0 && this.writers.size < WRITERS) this.startWriter();
    });
    this.writers.add(writer);
  }

  private async drain(): Promise<void> {
    // Once the current turn of the event loop is over, so that messages read together are written together.
    await setImmediate();
    while (this.waiting.length > 0) await this.write(this.take());
  }

  private take(): Batch[] {
    let [rows, characters, count] = [0, 0, 0];
    for (const { records, size } of this.waiting) {
      if (count > 0 && (rows + records.length > MOST_ROWS || characters + size > MOST_CHARACTERS)) break;
      rows += records.length;
      characters += size;
      count++;
    }
    this.waitingRows -= rows;
    this.waitingCharacters -= characters;
    return this.waiting.splice(0, count);
  }

  private async write(batches: Batch[], attempt = 1): Promise<void> {
    try {
      await this.store(batches);
    } catch (error) {
      if (isCollision(error) && attempt < MOST_ATTEMPTS) return this.write(batches, attempt + 1);
      // One caller's data was refused: find it by halves, so that the others are stored.
      if (isDataError(error) && batches.length > 1) {
        const middle = batches.length >> 1;
        await this.write(batches.slice(0, middle));
        await this.write(batches.slice(middle));
        return;
      }
      for (const batch of batches) batch.failed(error);
      return;
    }
    for (const batch of batches) batch.done(batch.receivedAt);
  }

  private async store(batches: Batch[]): Promise<void> {
    await this.ensureTopics(batches);
    const organizations = [...new Set(batches.map(({ organizationId }) => organizationId))];
    const fresh = this.rowsOf(batches.filter(({ firstId }) => firstId === undefined));
    const keyed = this.rowsOf(batches.filter(({ firstId }) => firstId !== undefined));
    const observed = this.observed(fresh, keyed);
    const work = observed.size > 0 ? await this.observers.registered?.prepare([...observed.values()]) : undefined;
    await this.database.inOrganizations(organizations, async (manager) => {
      if (fresh.length > 0) await manager.query(INSERT, columns(fresh));
      const stored = keyed.length > 0 ? await manager.query<{ id: string }[]>(INSERT_ONCE, columns(keyed)) : [];
      await work?.store(newOf(observed, stored));
    });
    work?.committed();
  }

  /** Those that somebody acts upon. */
  private observed(...rows: readonly (readonly Row[])[]): Map<Row, ObservedRecord> {
    const observer = this.observers.registered;
    if (!observer) return new Map();
    const isWanted = ({ batch, record }: Row): boolean => observer.wants(batch.organizationId, record.topic);
    return new Map(rows.flatMap((some) => some.filter(isWanted)).map((row) => [row, toObserved(row)]));
  }

  private async ensureTopics(batches: Batch[]): Promise<void> {
    const missing = batches.flatMap(({ organizationId, records }) =>
      records
        .filter(({ topic }) => !this.topics.known({ organizationId, topic }))
        .map(({ topic }) => ({ organizationId, topic })),
    );
    if (missing.length > 0) await this.topics.ensure(missing);
  }

  private rowsOf(batches: readonly Batch[]): Row[] {
    return batches.flatMap((batch) => batch.records.map((record, index) => this.row(batch, record, index)));
  }

  private row(batch: Batch, record: RecordInput, index: number): Row {
    const topicId = this.topics.known({ organizationId: batch.organizationId, topic: record.topic });
    if (topicId === undefined) throw new Error(`topic ${record.topic} was not made`);
    return { batch, record, index, document: batch.documents[index]!, topicId };
  }
}

const INSERT = `
  INSERT INTO uns_records (organization_id, topic_id, id, "timestamp", received_at, quality, source, number, value)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::int2[],
                       $7::text[], $8::float8[], $9::json[])`;

/** Looking for the same row first takes PostgreSQL an eighth more time: only where there may be one. */
const INSERT_ONCE = `${INSERT} ON CONFLICT DO NOTHING RETURNING id`;

const writeUuid = (buffer: Buffer, offset: number, uuid: string): void => {
  buffer.write(uuid.replaceAll('-', ''), offset, 'hex');
};

/**
 * Ids that count up from one new UUIDv7 in its last 32 bits (RFC 9562, section 6.2, method 2): in order of arrival, and
 * without drawing random bytes for each. Those of a batch with a key count up from the id that follows from the key.
 */
function nextIds(): (buffer: Buffer, offset: number, row: Row) => void {
  const first = Buffer.from(v7(undefined, new Uint8Array(16)));
  // Half of the range is left, so that counting never carries over.
  let last = first.readUInt32BE(12) >>> 1;
  return (buffer, offset, { batch: { firstId }, index }) => {
    (firstId ?? first).copy(buffer, offset, 0, 12);
    buffer.writeUInt32BE(firstId ? index : last++, offset + 12);
  };
}

/** A UUIDv8 (RFC 9562, section 5.8) made from the key, with the last 32 bits for counting. */
function firstIdOf(key: string): Buffer {
  const id = createHash('sha256').update(key).digest().subarray(0, 16);
  id[6] = (id[6]! & 0x0f) | 0x80;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return id;
}

const idOf = (firstId: Buffer, index: number): string => {
  const id = Buffer.from(firstId);
  id.writeUInt32BE(index, 12);
  return stringify(id);
};

/** Without those that were stored before by the same key. */
function newOf(observed: ReadonlyMap<Row, ObservedRecord>, stored: readonly { id: string }[]): ObservedRecord[] {
  const ids = new Set(stored.map(({ id }) => id));
  const isNew = ({ batch: { firstId }, index }: Row): boolean => !firstId || ids.has(idOf(firstId, index));
  return [...observed].filter(([row]) => isNew(row)).map(([, record]) => record);
}

const toObserved = ({ batch, record }: Row): ObservedRecord => ({
  organizationId: batch.organizationId,
  topic: record.topic,
  value: record.value,
  source: record.source,
  timestamp: record.timestamp ?? batch.receivedAt,
  quality: record.quality,
  chainDepth: batch.chainDepth,
});

/** A number goes into its own column, everything else into `value`. */
function columns(rows: readonly Row[]): Buffer[] {
  return [
    fixedArray(OID.uuid, 16, rows, (buffer, at, { batch }) => writeUuid(buffer, at, batch.organizationId)),
    fixedArray(OID.uuid, 16, rows, (buffer, at, { topicId }) => writeUuid(buffer, at, topicId)),
    fixedArray(OID.uuid, 16, rows, nextIds()),
    fixedArray(OID.timestamptz, 8, rows, (buffer, at, { batch, record }) =>
      writeTimestamp(buffer, at, record.timestamp ?? batch.receivedAt),
    ),
    fixedArray(OID.timestamptz, 8, rows, (buffer, at, { batch }) => writeTimestamp(buffer, at, batch.receivedAt)),
    fixedArray(OID.int2, 2, rows, (buffer, at, { record }) => {
      buffer.writeInt16BE(QUALITIES.indexOf(record.quality), at);
    }),
    textArray(OID.text, rows, ({ record }) => record.source),
    fixedArray(OID.float8, 8, rows, (buffer, at, { record: { value } }) => {
      if (typeof value !== 'number') return false;
      buffer.writeDoubleBE(value, at);
      return true;
    }),
    textArray(OID.json, rows, ({ document }) => document),
  ];
}
