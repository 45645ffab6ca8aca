import type { BrokerClient, Qos, WirePacket } from './aedes-internals';
import type { Connection } from './connection';
import { Subscription, type Receipt } from './durable';
import type { Message } from './message';
import { encodeSuback, encodeUnsuback, REASON } from './reason-codes';
import type { SessionStore } from './session-store';
import { filterOf, nameOf, readFilter, type ClientFilter } from './shared-group';

const MAX_SUBSCRIPTIONS = 1_000;
const MAX_IDENTIFIER = 268_435_455;
/** A retained message is wanted always, with a new subscription alone, or never (MQTT 5, section 3.8.3.1). */
const RETAIN_HANDLING = { onlyNew: 1, never: 2 };
/** All that a SUBACK of MQTT 3.1.1 can say. */
const FAILURE = 0x80;

type Fail = (code: number, problem: string) => void;

/** SUBSCRIBE and UNSUBSCRIBE: rights, bounds, the answer once it is on disk, and retained messages after it. */
export class Subscribing {
  constructor(
    private readonly store: SessionStore,
    private readonly mayRead: (connection: Connection, filter: string) => boolean,
  ) {}

  subscribe(client: BrokerClient, connection: Connection, packet: WirePacket, fail: Fail): void {
    const identifier = packet.properties?.['subscriptionIdentifier'] as number | undefined;
    if (identifier !== undefined && !(identifier >= 1 && identifier <= MAX_IDENTIFIER)) {
      fail(REASON.protocolError, 'the subscription identifier is out of range');
      return;
    }
    if (packet.subscriptions.some(({ topic, nl }) => nl && topic.startsWith('$share/'))) {
      fail(REASON.protocolError, 'a shared subscription cannot leave out local messages');
      return;
    }
    const session = connection.session!;
    const saves: Promise<void>[] = [];
    const wanted: Subscription[] = [];
    const codes = packet.subscriptions.map(({ topic, qos, nl, rap, rh }) => {
      // Malformed ones have ended the connection.
      const filter = readFilter(topic)!;
      const refusal = this.refusal(client, connection, filter);
      if (refusal !== undefined) return client.version === 5 ? refusal : FAILURE;
      const options = { qos, noLocal: nl ?? false, retainAsPublished: rap ?? false, identifier };
      const subscription = new Subscription(session, nameOf(connection.prefix, filter), options);
      const { isNew, kept } = this.store.subscribe(subscription);
      saves.push(kept);
      const isWanted = rh !== RETAIN_HANDLING.never && (rh !== RETAIN_HANDLING.onlyNew || isNew);
      if (isWanted && filter.group === undefined) wanted.push(subscription);
      return qos;
    });
    const answer = (): void => {
      if (client.closed) return;
      client.conn.write(encodeSuback(client.version, packet.messageId, codes));
      for (const subscription of wanted) session.delivery?.follow(this.retainedFor(subscription));
    };
    Promise.all(saves).then(answer, () => fail(REASON.implementationSpecific, 'the subscription could not be stored'));
  }

  unsubscribe(client: BrokerClient, connection: Connection, packet: WirePacket, fail: Fail): void {
    const session = connection.session!;
    const saves: Promise<void>[] = [];
    const codes = packet.unsubscriptions.map((text) => {
      const filter = readFilter(text);
      const subscription = filter && session.subscriptions.get(nameOf(connection.prefix, filter));
      if (!subscription) return REASON.noSubscriptionExisted;
      saves.push(this.store.drop(subscription));
      return 0;
    });
    const answer = (): void => {
      if (!client.closed) client.conn.write(encodeUnsuback(client.version, packet.messageId, codes));
    };
    Promise.all(saves).then(answer, () => fail(REASON.implementationSpecific, 'the change could not be stored'));
  }

  private refusal(client: BrokerClient, connection: Connection, filter: ClientFilter): number | undefined {
    // To MQTT 3.1.1 `$share/…` is a filter like any other, of topics that nobody has.
    if (filter.group !== undefined && client.version !== 5) return REASON.notAuthorized;
    const session = connection.session!;
    if (!this.mayRead(connection, connection.prefix + filter.filter)) return REASON.notAuthorized;
    const isKnown = session.subscriptions.has(nameOf(connection.prefix, filter));
    return isKnown || session.subscriptions.size < MAX_SUBSCRIPTIONS ? undefined : REASON.quotaExceeded;
  }

  private *retainedFor({ name, options }: Subscription): Generator<[Message, Receipt]> {
    const identifiers = options.identifier === undefined ? undefined : [options.identifier];
    for (const message of this.store.retained.select(filterOf(name))) {
      const qos = Math.min(message.qos, options.qos) as Qos;
      yield [message, { qos, retain: true, identifiers }];
    }
  }
}
