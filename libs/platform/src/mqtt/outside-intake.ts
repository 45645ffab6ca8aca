import { Logger } from '@nestjs/common';
import type { IPublishPacket } from 'mqtt';
import { topicProblem } from '#kernel';
import type { MqttMessageHandler } from './ingest';
import { ORIGIN_PROPERTY, type OriginMark } from './origin-mark';
import type { MqttMessageContext, MqttTopicMounts } from './ports';
import { REASON, refusalOf, type Refusal } from './reason-codes';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/** What becomes of a message from an outside broker, whichever session brought it. */
export class OutsideIntake {
  private readonly log = new Logger(OutsideIntake.name);
  messagesIn = 0;
  /** Messages that wait for another try. */
  waiting = 0;
  /** When the last message came, in milliseconds of `performance.now()` and as epoch milliseconds. */
  arrivedAt = -Infinity;
  lastMessageAt: number | null = null;
  /** Messages acknowledged without being stored: not data of ours, or refused by the handler. */
  refused = 0;

  constructor(
    private readonly handle: MqttMessageHandler,
    private readonly mounts: MqttTopicMounts,
    private readonly origin: OriginMark,
  ) {}

  /** Resolves once the message is stored, or refused for good: an outside broker would send it again for ever. */
  async take(packet: IPublishPacket): Promise<Refusal | undefined> {
    this.arrivedAt = performance.now();
    this.lastMessageAt = Date.now();
    const mark = packet.properties?.userProperties?.[ORIGIN_PROPERTY];
    if (mark !== undefined && this.origin.isOurs(mark, packet.topic)) return undefined;
    const refusal = await this.untilSettled(packet);
    if (refusal) return this.refuse(packet, refusal);
    this.messagesIn++;
    return undefined;
  }

  /** Whatever may pass is tried again, however long it takes: until then the message holds a place of Receive Maximum. */
  private async untilSettled(packet: IPublishPacket): Promise<Refusal | undefined> {
    for (let pause = FIRST_RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
      try {
        return await this.store(packet);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal && !refusal.transient) return refusal;
        this.log.error(`message on ${packet.topic} is kept back: ${String(error)}`);
        this.waiting++;
        await new Promise((resolve) => setTimeout(resolve, pause).unref());
        this.waiting--;
      }
    }
  }

  private async store(packet: IPublishPacket): Promise<Refusal | undefined> {
    const { topic, qos, retain } = packet;
    const mounted = this.mounts.resolve(topic) ?? (await this.mounts.lookUp(topic));
    const problem = mounted ? topicProblem(mounted.topic) : 'Topic belongs to no organization';
    if (!mounted || problem) return { code: REASON.topicNameInvalid, text: problem!, transient: false };
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const context: MqttMessageContext = { ...mounted, qos, retain, clientId: undefined };
    await this.handle(payload, context);
    return undefined;
  }

  private refuse(packet: IPublishPacket, refusal: Refusal): Refusal {
    this.refused++;
    this.log.warn(`message on ${packet.topic} is refused: ${refusal.text}`);
    // 0x95 belongs to DISCONNECT; a PUBACK has no code for it.
    return refusal.code === REASON.packetTooLarge ? { ...refusal, code: REASON.quotaExceeded } : refusal;
  }
}
