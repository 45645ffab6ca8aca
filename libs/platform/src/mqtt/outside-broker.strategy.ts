import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { LockSession } from '../database';
import { soleHandler } from './mqtt-data';
import type { OriginMark } from './origin-mark';
import { OutsideIntake } from './outside-intake';
import { OutsideOrphans } from './outside-orphans';
import { OutsideSession } from './outside-session';
import { SlotKeeper, type HeldSlot } from './outside-slot-keeper';
import type { OutsideTiming } from './outside-timing';
import type { MqttTopicMounts } from './ports';

const noop = (): void => undefined;

/**
 * Nest's transport for a broker of the user's. Each process has a session there by the slot that it holds, and looks after
 * those that others have left behind (ADR 0011).
 */
export class OutsideBrokerStrategy extends Server implements CustomTransportStrategy {
  private readonly log = new Logger(OutsideBrokerStrategy.name);
  private readonly keeper: SlotKeeper;
  private intake: OutsideIntake | undefined;
  private session: OutsideSession | undefined;
  private slot: number | undefined;
  private closing: Promise<void> | undefined;
  private whenConnected = noop;
  private report = noop;

  constructor(
    private readonly url: string,
    openLocks: () => Promise<LockSession>,
    private readonly mounts: MqttTopicMounts,
    private readonly origin: OriginMark,
    private readonly timing: OutsideTiming,
  ) {
    super();
    this.keeper = new SlotKeeper(openLocks, (held) => this.work(held));
  }

  /** Whether messages reach us; a process that does not run this transport waits for none. */
  get isReady(): boolean {
    return this.intake === undefined || (this.session?.isSubscribed ?? false);
  }

  get messagesIn(): number {
    return this.intake?.messagesIn ?? 0;
  }

  /** Calls back when the broker has answered for the first time. */
  listen(callback: (error?: unknown) => void): void {
    try {
      this.intake = new OutsideIntake(soleHandler(this.messageHandlers), this.mounts, this.origin);
    } catch (error) {
      callback(error);
      return;
    }
    this.whenConnected = () => {
      this.whenConnected = noop;
      callback();
    };
    this.keeper.start();
  }

  /** Takes no more messages and stores those it has. The session ends if others share the messages, else the broker keeps it. */
  close(): Promise<void> {
    return (this.closing ??= this.stop());
  }

  on(): never {
    throw new Error('the broker of the user has no events here');
  }

  unwrap<T>(): T {
    return this.session?.client as T;
  }

  private async stop(): Promise<void> {
    await this.keeper.stop();
    await this.session?.close();
  }

  /** The time for which a slot is held. Without one the session may go on, but not connect again: another may have it. */
  private async work(held: HeldSlot): Promise<void> {
    const session = this.sessionOf(held);
    const orphans = new OutsideOrphans(
      held.slots,
      this.timing,
      () => session.isSubscribed,
      (slot) => this.newSession(held, slot, noop),
    );
    this.report = () => void this.reportSubscribed(held);
    if (session.isSubscribed) this.report();
    session.allow(true);
    await orphans.watch(held.signal);
    session.allow(false);
    this.report = noop;
    if (!this.keeper.isStopping) return;
    await this.leave(held, session);
    // Before the slot is given up: whoever takes it next would be sent again what we are storing.
    await session.close();
  }

  private sessionOf(held: HeldSlot): OutsideSession {
    if (this.session && this.slot === held.slot) return this.session;
    // Another process has it now; what it is still storing for us is acknowledged if that one has not connected yet.
    void this.session?.close();
    this.slot = held.slot;
    this.session = this.newSession(held, held.slot, () => this.report()).open();
    this.session.client!.once('connect', () => this.whenConnected());
    return this.session;
  }

  private newSession({ installation }: HeldSlot, slot: number, whenSubscribed: () => void): OutsideSession {
    const options = {
      url: this.url,
      clientId: `maestrohub-uns-${installation}-${slot}`,
      share: `maestrohub-${installation}`,
      whenSubscribed,
    };
    return new OutsideSession(options, this.intake!, this.mounts);
  }

  private async reportSubscribed({ slots, slot }: HeldSlot): Promise<void> {
    try {
      await slots.subscribed(slot);
    } catch (error) {
      // Only until the database is back: then the slot is taken anew.
      this.log.warn(`others are not told of the subscription: ${String(error)}`);
    }
  }

  /** Ends the session where others get the messages. What cannot be fetched in time is fetched by one of them. */
  private async leave({ slots, slot }: HeldSlot, session: OutsideSession): Promise<void> {
    try {
      if (!(await slots.mayLeave(slot))) return;
      await session.leave(AbortSignal.timeout(this.timing.leaveMs));
      await session.end();
      await slots.forget(slot);
    } catch (error) {
      this.log.warn(`the broker keeps the session of slot ${slot}: ${String(error)}`);
    }
  }
}
