import type { SecretBox } from '../crypto';
import type { Database } from '../database';
import type { Qos } from './aedes-internals';
import { KeptMessage, KeptWill, QueueEntry, ReceivedId, Retained, Subscription } from './durable';
import type { StateStorage } from './journal';
import { Message, type Properties } from './message';
import { Session } from './session';
import type { SessionStore } from './session-store';
import { decodeProperties, eachRow, StateTables } from './state-tables';

const PURPOSE = 'mqtt-will';
/** Rows read at once; those with payloads may have a mebibyte each. */
const PAGE = 1_000;
const PAGE_OF_PAYLOADS = 50;

interface MessageRow {
  id: string;
  topic: string;
  payload: Buffer;
  qos: Qos;
  properties: Properties | null;
  expires_at: Date | null;
}

const messageOf = ({ topic, payload, qos, properties, expires_at }: MessageRow, retain: boolean): Message =>
  new Message({
    topic,
    payload,
    qos,
    retain,
    properties: decodeProperties(properties),
    expiresAt: expires_at?.getTime(),
  });

/** What the embedded broker has in the database, for the one process that runs it. */
export class BrokerState {
  readonly storage: StateStorage;

  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {
    this.storage = new StateTables(database);
  }

  seal(token: string): Buffer {
    return this.secrets.seal(PURPOSE, token);
  }

  /** @throws Error when it was sealed under another key. */
  open(sealed: Buffer): string {
    return this.secrets.open(PURPOSE, sealed);
  }

  /** Fills an empty store, and removes what is over. */
  load(store: SessionStore): Promise<void> {
    return this.database.asSystem(async (manager) => {
      for (const statement of OVER) await manager.query(statement);
      const sessions = new Map<string, Session>();
      await eachRow<SessionRow>(manager, 'SELECT * FROM mqtt_sessions ORDER BY id', PAGE, (row) => {
        const session = new Session(row.client_id, row.expiry_seconds, row.id);
        session.expiresAt = row.expires_at?.getTime();
        sessions.set(row.id, session);
        store.restoreSession(session);
      });
      await eachRow<SubscriptionRow>(manager, 'SELECT * FROM mqtt_subscriptions ORDER BY id', PAGE, (row) => {
        const { qos, no_local: noLocal, retain_as_published: retainAsPublished, identifier } = row;
        const options = { qos, noLocal, retainAsPublished, identifier: identifier ?? undefined };
        store.restoreSubscription(new Subscription(sessions.get(row.session_id)!, row.filter, options, row.id));
      });
      const messages = new Map<string, KeptMessage>();
      await eachRow<MessageRow>(manager, 'SELECT * FROM mqtt_messages', PAGE_OF_PAYLOADS, (row) => {
        messages.set(row.id, stored(new KeptMessage(messageOf(row, false), row.id)));
      });
      // Ids of messages count up with time.
      await eachRow<QueuedRow>(manager, 'SELECT * FROM mqtt_queued ORDER BY message_id', PAGE, (row) => {
        const kept = messages.get(row.message_id)!;
        const { qos, retain, identifiers } = row;
        const receipt = { qos, retain, identifiers: identifiers ?? undefined };
        const session = sessions.get(row.session_id)!;
        const entry = stored(new QueueEntry(session, row.packet_id, kept.message, receipt, kept));
        entry.released = row.released;
        kept.holders++;
        session.queue.restore(entry);
      });
      await eachRow<ReceivedRow>(manager, 'SELECT * FROM mqtt_received', PAGE, (row) => {
        const session = sessions.get(row.session_id)!;
        store.received.restore(session.clientId, stored(new ReceivedId(row.packet_id, session)));
      });
      await eachRow<MessageRow>(manager, 'SELECT * FROM mqtt_retained ORDER BY id', PAGE_OF_PAYLOADS, (row) => {
        store.retained.restore(stored(new Retained(messageOf(row, true), row.id)));
      });
      await eachRow<WillRow>(manager, 'SELECT * FROM mqtt_wills', PAGE_OF_PAYLOADS, (row) => {
        const { topic, payload, qos, retain } = row;
        const properties = decodeProperties(row.properties);
        const will = { topic, payload, qos, retain, clientId: row.client_id, ...(properties && { properties }) };
        store.wills.restore(stored(new KeptWill(row.client_id, will, row.credential, row.id)));
      });
    });
  }
}

function stored<R extends { stored: boolean }>(record: R): R {
  record.stored = true;
  return record;
}

/** A will that a stopped broker left so long ago tells nothing any more. */
const OVER = [
  'DELETE FROM mqtt_sessions WHERE expires_at < now()',
  `DELETE FROM mqtt_messages m WHERE expires_at < now() OR NOT EXISTS (
     SELECT FROM mqtt_queued q WHERE q.organization_id = m.organization_id AND q.message_id = m.id)`,
  'DELETE FROM mqtt_retained WHERE expires_at < now()',
  `DELETE FROM mqtt_wills WHERE left_at < now() - interval '1 day'`,
];

interface SessionRow {
  id: string;
  client_id: string;
  expiry_seconds: number;
  expires_at: Date | null;
}

interface SubscriptionRow {
  id: string;
  session_id: string;
  filter: string;
  qos: Qos;
  no_local: boolean;
  retain_as_published: boolean;
  identifier: number | null;
}

interface QueuedRow {
  session_id: string;
  packet_id: number;
  message_id: string;
  qos: 1 | 2;
  retain: boolean;
  identifiers: number[] | null;
  released: boolean;
}

interface ReceivedRow {
  session_id: string;
  packet_id: number;
}

interface WillRow extends MessageRow {
  client_id: string;
  retain: boolean;
  credential: Buffer;
}
