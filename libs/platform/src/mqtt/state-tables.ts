import type { EntityManager } from 'typeorm';
import { bytesArray, type Database } from '../database';
import type { Will } from './aedes-internals';
import { organizationOf, type DurableRecord } from './durable';
import type { StateStorage } from './journal';
import type { Properties } from './message';

type Kind = DurableRecord['kind'];
type RecordOf<K extends Kind> = Extract<DurableRecord, { kind: K }>;

/** Bytes of payload that go to the server in one statement. */
const MOST_BYTES = 8 * 1024 * 1024;

interface Table<K extends Kind> {
  name: string;
  /** Columns with their types, the key's first; a payload comes beside them. */
  columns: Record<string, string>;
  /** How many of the columns are the key. */
  keys: 2 | 3;
  row: (record: RecordOf<K>) => unknown[];
  payload?: (record: RecordOf<K>) => Buffer;
  /** Rows that the others point to and that may be gone: an organization's rows are removed with it. */
  where?: string;
}

const time = (epochMs: number | undefined): string | null =>
  epochMs === undefined ? null : new Date(epochMs).toISOString();

/** Correlation data is binary; everything else is text and numbers. */
export const encodeProperties = (properties: Properties | undefined): Properties | null =>
  properties
    ? { ...properties, correlationData: (properties['correlationData'] as Buffer | undefined)?.toString('base64') }
    : null;

export function decodeProperties(properties: Properties | null): Properties | undefined {
  if (!properties) return undefined;
  const data = properties['correlationData'] as string | undefined;
  return data === undefined ? properties : { ...properties, correlationData: Buffer.from(data, 'base64') };
}

const KEY = { organization_id: 'uuid', id: 'uuid' };
const ENTRY_KEY = { organization_id: 'uuid', session_id: 'uuid', packet_id: 'int' };
const MESSAGE = { topic: 'text', qos: 'int2', properties: 'json', expires_at: 'timestamptz' };

const HAS_SESSION = `
  WHERE EXISTS (SELECT FROM mqtt_sessions s WHERE s.organization_id = r.organization_id AND s.id = r.session_id)`;

/** In the order in which rows are made: those that others point to first. */
const TABLES: { [K in Kind]: Table<K> } = {
  session: {
    name: 'mqtt_sessions',
    columns: { ...KEY, client_id: 'text', expiry_seconds: 'int', expires_at: 'timestamptz' },
    keys: 2,
    row: (session) => [session.id, session.clientId, session.expirySeconds, time(session.expiresAt)],
  },
  subscription: {
    name: 'mqtt_subscriptions',
    columns: {
      ...KEY,
      session_id: 'uuid',
      filter: 'text',
      qos: 'int2',
      no_local: 'boolean',
      retain_as_published: 'boolean',
      identifier: 'int',
    },
    keys: 2,
    row: ({ id, session, name, options: { qos, noLocal, retainAsPublished, identifier } }) => [
      id,
      session.id,
      name,
      qos,
      noLocal,
      retainAsPublished,
      identifier ?? null,
    ],
    where: HAS_SESSION,
  },
  message: {
    name: 'mqtt_messages',
    columns: { ...KEY, ...MESSAGE },
    keys: 2,
    row: ({ id, message }) => [
      id,
      message.topic,
      message.qos,
      encodeProperties(message.properties),
      time(message.expiresAt),
    ],
    payload: ({ message }) => message.payload,
  },
  queued: {
    name: 'mqtt_queued',
    columns: {
      ...ENTRY_KEY,
      message_id: 'uuid',
      qos: 'int2',
      retain: 'boolean',
      identifiers: 'int[]',
      released: 'boolean',
    },
    keys: 3,
    row: ({ session, packetId, kept, receipt, released }) => [
      session.id,
      packetId,
      kept!.id,
      receipt.qos,
      receipt.retain,
      receipt.identifiers ?? null,
      released,
    ],
    where: `${HAS_SESSION}
      AND EXISTS (SELECT FROM mqtt_messages m WHERE m.organization_id = r.organization_id AND m.id = r.message_id)`,
  },
  received: {
    name: 'mqtt_received',
    columns: ENTRY_KEY,
    keys: 3,
    row: ({ session, packetId }) => [session!.id, packetId],
    where: HAS_SESSION,
  },
  retained: {
    name: 'mqtt_retained',
    columns: { ...KEY, ...MESSAGE },
    keys: 2,
    row: ({ id, message }) => [
      id,
      message.topic,
      message.qos,
      encodeProperties(message.properties),
      time(message.expiresAt),
    ],
    payload: ({ message }) => message.payload,
  },
  will: {
    name: 'mqtt_wills',
    columns: {
      ...KEY,
      client_id: 'text',
      topic: 'text',
      qos: 'int2',
      retain: 'boolean',
      properties: 'json',
      credential: 'bytea',
      left_at: 'timestamptz',
    },
    keys: 2,
    row: ({ id, clientId, will, credential, leftAt }) => [
      id,
      clientId,
      will.topic,
      will.qos,
      will.retain,
      encodeProperties(will.properties),
      `\\x${credential!.toString('hex')}`,
      time(leftAt),
    ],
    payload: ({ will }) => payloadOf(will),
  },
};

const payloadOf = ({ payload }: Will): Buffer => Buffer.from(payload);

/** The broker's tables: those of `1700000000002-mqtt-state`. */
export class StateTables implements StateStorage {
  constructor(private readonly database: Database) {}

  write(records: readonly DurableRecord[]): Promise<void> {
    const organizations = [...new Set(records.map(organizationOf))];
    const statements = (Object.keys(TABLES) as Kind[]).map((kind) => statementsFor(kind, records));
    // What is gone goes first: its packet id may be in use again.
    const inOrder = [...statements.map(({ removals }) => removals), ...statements.map(({ changes }) => changes)].flat();
    return this.database.inOrganizations(organizations, async (manager) => {
      for (const { text, values } of inOrder) await manager.query(text, values);
    });
  }
}

interface Statement {
  text: string;
  values: unknown[];
}

/** Made at once, so that it is the state of one moment. */
function statementsFor<K extends Kind>(kind: K, all: readonly DurableRecord[]) {
  const table = TABLES[kind];
  const records = all.filter((record): record is RecordOf<K> => record.kind === kind);
  const gone = records.filter((record) => record.gone);
  const present = records.filter((record) => !record.gone);
  const rows = (some: readonly RecordOf<K>[]): string => {
    const names = Object.keys(table.columns);
    return JSON.stringify(
      some.map((record) => {
        const values = [organizationOf(record), ...table.row(record)];
        return Object.fromEntries(names.map((name, index) => [name, values[index]]));
      }),
    );
  };
  const removals: Statement[] = gone.length > 0 ? [{ text: removal(table), values: [rows(gone)] }] : [];
  const changes = inChunks(present, table.payload).map((chunk) => ({
    text: change(table),
    values: table.payload ? [rows(chunk), bytesArray(chunk.map(table.payload))] : [rows(chunk)],
  }));
  return { removals, changes };
}

function inChunks<T>(records: readonly T[], payload: ((record: T) => Buffer) | undefined): T[][] {
  const chunks: T[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    if (bytes > MOST_BYTES) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)!.push(record);
    bytes += payload?.(record).length ?? 0;
  }
  return chunks;
}

const definitions = (columns: Record<string, string>): string =>
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');

function change<K extends Kind>({ name, columns, keys, payload, where = '' }: Table<K>): string {
  const names = Object.keys(columns);
  const set = [...names.slice(keys), ...(payload ? ['payload'] : [])].map((column) => `${column} = excluded.${column}`);
  const all = [...names, ...(payload ? ['payload'] : [])].join(', ');
  const json = `json_to_recordset($1::json) AS (${definitions(columns)})`;
  const source = payload ? `ROWS FROM (${json}, unnest($2::bytea[])) AS r (${all})` : json.replace(' AS (', ' AS r (');
  return `INSERT INTO ${name} (${all}) SELECT ${names.map((column) => `r.${column}`).join(', ')}${payload ? ', r.payload' : ''}
    FROM ${source} ${where}
    ON CONFLICT (${names.slice(0, keys).join(', ')}) DO ${set.length > 0 ? `UPDATE SET ${set.join(', ')}` : 'NOTHING'}`;
}

function removal<K extends Kind>({ name, columns, keys }: Table<K>): string {
  const key = Object.entries(columns).slice(0, keys);
  return `DELETE FROM ${name} t USING json_to_recordset($1::json) AS r (${definitions(Object.fromEntries(key))})
    WHERE ${key.map(([column]) => `t.${column} = r.${column}`).join(' AND ')}`;
}

/** Reads a table whole, some rows at a time: they may be larger than what is free of memory. */
export async function eachRow<R>(
  manager: EntityManager,
  query: string,
  rowsAtOnce: number,
  take: (row: R) => void,
): Promise<void> {
  await manager.query(`DECLARE mqtt_rows NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    const rows = await manager.query<R[]>(`FETCH ${rowsAtOnce} FROM mqtt_rows`);
    if (rows.length === 0) break;
    rows.forEach(take);
  }
  await manager.query('CLOSE mqtt_rows');
}
