import { Logger } from '@nestjs/common';
import { DomainError } from '#kernel';
import type { BrokerClient, BrokerPacket, Will } from './aedes-internals';
import type { Connection } from './connection';
import type { Verdict } from './credential-watch';
import type { Hub } from './hub';
import type { MqttMessageContext } from './ports';
import type { ReadBudget } from './read-ahead';
import { encodeAck, REASON, refusalOf } from './reason-codes';
import type { SessionStore } from './session-store';
import { tenantOf } from './tenant';

/** Takes one message into the namespace; when it resolves the message is safe and may be acknowledged. */
export type MqttMessageHandler = (payload: Buffer, context: MqttMessageContext) => Promise<unknown>;

/** Lets aedes go on with a message: it acknowledges and forwards it, unless the message is marked as answered. */
type Proceed = (error?: Error | null) => void;

type Disconnect = (client: BrokerClient, code: number, problem: string) => void;

const noop = (): void => undefined;

/** The way of a message from its arrival at the embedded broker to its acknowledgement: rights, handler, answer, in order. */
export class Ingest {
  private readonly log = new Logger(Ingest.name);
  /** QoS 2 messages whose handler runs, by client and message id: a resend waits for the same result. */
  private readonly running = new Map<string, Promise<unknown>>();
  private idle = noop;
  messagesIn = 0;
  inFlight = 0;

  constructor(
    private readonly handle: MqttMessageHandler,
    private readonly store: SessionStore,
    private readonly hub: () => Hub,
    private readonly disconnect: Disconnect,
    private readonly budget: ReadBudget,
  ) {}

  receive(client: BrokerClient, connection: Connection, packet: BrokerPacket, proceed: Proceed): void {
    const place = connection.order.begin();
    const end = (finish: () => void): void => connection.order.end(place, finish);
    const verdict = connection.credential!.verdict(packet.topic);
    if (verdict.code !== 0) {
      end(() => this.refuse(client, packet, verdict, proceed));
      return;
    }
    this.begin();
    const accepted = (): void => end(() => this.accept(client, connection, packet, proceed));
    const failed = (error: unknown): void => end(() => this.fail(client, connection, packet, error, proceed));
    this.take(client, connection, packet, verdict.topic).then(accepted, failed);
  }

  /**
   * A will has no client left that could be answered: it is taken, or dropped.
   * @throws DomainError `forbidden` when the rights of its client do not reach for it any more.
   */
  async receiveWill(connection: Connection, will: Will): Promise<void> {
    const { credential } = connection;
    // Between the end of the connection and that of a will delay the rights may have changed.
    const principal = await credential?.principal.refresh();
    if (!credential || !principal) throw new DomainError('forbidden', 'the credential has ended');
    credential.principal = principal;
    const { topic, code, text } = credential.verdict(will.topic);
    if (code !== 0) throw new DomainError('forbidden', text);
    // A PUBLISH that carries the Will Delay Interval would be malformed.
    delete will.properties?.willDelayInterval;
    this.begin();
    try {
      await this.handle(will.payload, contextOf(connection, will, topic));
      this.messagesIn++;
    } finally {
      this.done();
    }
  }

  /** Resolves when no handler runs any more, or after the deadline. @returns whether all have ended. */
  async drain(deadlineMs: number): Promise<boolean> {
    if (this.inFlight === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), deadlineMs);
    this.idle = () => resolve(true);
    return promise.finally(() => clearTimeout(timer));
  }

  private take(client: BrokerClient, connection: Connection, packet: BrokerPacket, topic: string): Promise<unknown> {
    if (packet.qos !== 2) return this.handle(packet.payload, contextOf(connection, packet, topic));
    const key = `${client.id} ${packet.messageId}`;
    if (packet.dup) {
      const running = this.running.get(key);
      // One turn later the first one has been forwarded and its id is known.
      if (running) return running.then(() => new Promise(setImmediate));
      if (this.store.received.has(client.id, packet.messageId!)) return Promise.resolve();
    }
    const work = this.handle(packet.payload, contextOf(connection, packet, topic));
    this.running.set(key, work);
    return work.finally(() => this.running.delete(key));
  }

  /** The handler has it: it goes to its subscribers, and is acknowledged once what has to last is on disk. */
  private accept(client: BrokerClient, connection: Connection, packet: BrokerPacket, proceed: Proceed): void {
    this.messagesIn++;
    // aedes has nothing more to do with it.
    packet._notAuthorized = true;
    const kept = this.forward(client, connection, packet);
    if (packet.qos === 0) {
      kept?.catch(noop);
      this.done();
      proceed();
      return;
    }
    const place = connection.answers.begin();
    const answer = (): void => {
      this.done();
      acknowledge(client, packet, proceed);
    };
    const fail = (error: unknown): void => this.fail(client, connection, packet, error, proceed);
    if (!kept) connection.answers.end(place, answer);
    else {
      kept.then(
        () => connection.answers.end(place, answer),
        (error: unknown) => connection.answers.end(place, () => fail(error)),
      );
    }
  }

  private forward(client: BrokerClient, connection: Connection, packet: BrokerPacket): Promise<unknown> | undefined {
    if (packet.qos !== 2) return this.hub().forward(packet, client.id);
    const { received } = this.store;
    // Without the DUP flag the client has begun anew with its ids: the message is another one.
    if (packet.dup && received.has(client.id, packet.messageId!)) return received.again(client.id, packet.messageId!);
    const kept = this.hub().forward(packet, client.id);
    const noted = received.add(client.id, packet.messageId!, connection.session);
    return noted && kept ? Promise.all([noted, kept]) : (noted ?? kept);
  }

  private fail(client: BrokerClient, connection: Connection, packet: BrokerPacket, error: unknown, proceed: Proceed) {
    this.done();
    const refusal = refusalOf(error);
    if (refusal?.settled && client.version !== 5) {
      this.settle(client, connection, packet, proceed);
      return;
    }
    if (refusal && refusal.code !== REASON.packetTooLarge) {
      this.refuse(client, packet, refusal, proceed);
      return;
    }
    if (!refusal) this.log.error(error, `handler of ${connection.clientId}`);
    packet._notAuthorized = true;
    this.disconnect(client, refusal?.code ?? REASON.unspecified, refusal?.text ?? 'internal error');
    proceed();
  }

  private refuse(client: BrokerClient, packet: BrokerPacket, { code, text }: Omit<Verdict, 'topic'>, proceed: Proceed) {
    // MQTT 3.1.1 has no negative acknowledgement: the connection closes.
    if (client.version !== 5) {
      proceed(new Error(text));
      return;
    }
    packet._notAuthorized = true;
    if (packet.qos > 0 && !client.closed) {
      const reason = client._requestProblemInformation ? text : '';
      client.conn.write(encodeAck(packet.qos === 1 ? 'puback' : 'pubrec', packet.messageId!, code, reason));
    }
    proceed();
  }

  /** MQTT 3.1.1 can only close, upon which a device would send the same again for ever: it is acknowledged, and goes no further. */
  private settle(client: BrokerClient, connection: Connection, packet: BrokerPacket, proceed: Proceed): void {
    packet._notAuthorized = true;
    // Its repetition would be set aside once more.
    if (packet.qos === 2) this.store.received.add(client.id, packet.messageId!, connection.session)?.catch(noop);
    if (packet.qos === 0) proceed();
    else acknowledge(client, packet, proceed);
  }

  private begin(): void {
    this.inFlight++;
    this.budget.begin();
  }

  private done(): void {
    this.budget.end();
    if (--this.inFlight === 0) this.idle();
  }
}

/** Acknowledgements of one turn of the event loop go out together. */
function acknowledge(client: BrokerClient, packet: BrokerPacket, proceed: Proceed): void {
  const { conn } = client;
  // Nobody is there to be told: it is stored all the same, and its subscribers have it.
  if (client.closed) {
    proceed();
    return;
  }
  if (conn.writableCorked === 0) {
    conn.cork();
    process.nextTick(() => conn.uncork());
  }
  conn.write(encodeAck(packet.qos === 1 ? 'puback' : 'pubrec', packet.messageId!));
  // Who does not read acknowledgements is not read from.
  if (conn.writableNeedDrain) client.waitForDrain(() => proceed());
  else proceed();
}

const contextOf = (
  connection: Connection,
  { qos, retain }: Pick<BrokerPacket, 'qos' | 'retain'>,
  topic: string,
): MqttMessageContext => ({
  organizationId: tenantOf(connection.prefix),
  topic,
  qos,
  retain,
  clientId: connection.clientId,
});
