import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LockSession } from '../database';
import type { NumberedBroker, OutsideBroker } from './broker-choice';
import type { MqttMessageHandler } from './ingest';
import type { OriginMark } from './origin-mark';
import { OutsideIntake } from './outside-intake';
import { signInOptions } from './outside-options';
import { OutsideOrphans } from './outside-orphans';
import { OutsideSession } from './outside-session';
import { SlotKeeper, type HeldSlot } from './outside-slot-keeper';
import type { OutsideTiming } from './outside-timing';
import type { MqttTopicMounts } from './ports';

const noop = (): void => undefined;

/** What ingest needs of its surroundings, whichever broker it is. */
export interface OutsideSurroundings {
  openLocks: () => Promise<LockSession>;
  mounts: MqttTopicMounts;
  origin: OriginMark;
  timing: OutsideTiming;
}

/** Why nothing more is to be had from a broker that is no longer in use. */
type End = 'quiet' | 'expired';

/**
 * Data from one broker of the user's. Each process has a session there by the slot that it holds, and looks after those
 * that others have left behind (ADR 0011). Once another broker is in use (ADR 0022) it listens until this one is quiet.
 */
export class OutsideIngest {
  private readonly log = new Logger(OutsideIngest.name);
  private readonly keeper: SlotKeeper;
  private readonly intake: OutsideIntake;
  private readonly firstSubscribed = Promise.withResolvers<void>();
  private session: OutsideSession | undefined;
  private slot: number | undefined;
  private closing: Promise<void> | undefined;
  /** How it is left: undefined while it is in use. */
  private retirement: 'once quiet' | 'at once' | undefined;
  private report = noop;

  constructor(
    private readonly broker: NumberedBroker<OutsideBroker>,
    handle: MqttMessageHandler,
    private readonly around: OutsideSurroundings,
  ) {
    this.intake = new OutsideIntake(handle, around.mounts, around.origin);
    this.keeper = new SlotKeeper(broker.number, around.openLocks, around.timing, (held) => this.work(held));
  }

  /** Whether messages reach us. */
  get isSubscribed(): boolean {
    return this.session?.isSubscribed ?? false;
  }

  /** Messages that were taken and wait for another try. */
  get waiting(): number {
    return this.intake.waiting;
  }

  /** Epoch milliseconds. */
  get lastMessageAt(): number | null {
    return this.intake.lastMessageAt;
  }

  /** Resolves when it is subscribed for the first time. */
  open(): Promise<void> {
    this.keeper.start();
    return this.firstSubscribed.promise;
  }

  /**
   * Listens until nothing has come for a while, unless told to leave at once; then leaves nothing of ours behind at the
   * broker: neither this process's session nor those that nobody has.
   * @returns whether no process has a session there any more; false when it was stopped.
   */
  retire(how: 'once quiet' | 'at once'): Promise<boolean> {
    this.retirement = how;
    return this.keeper.retire();
  }

  /** Takes no more messages and stores those it has. The session ends if others share the messages, else the broker keeps it. */
  close(): Promise<void> {
    return (this.closing ??= this.stop());
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
      this.around.timing,
      () => session.isSubscribed,
      (slot) => this.newSession(held, slot, noop),
    );
    this.report = () => void this.reportSubscribed(held);
    if (session.isSubscribed) this.report();
    session.allow(true);
    const over = new AbortController();
    const ended = this.untilEnd(held, session).finally(() => over.abort());
    await orphans.watch(AbortSignal.any([held.signal, over.signal]));
    this.report = noop;
    const end = await ended;
    if (end) {
      await this.part(held, session, end);
      return;
    }
    session.allow(false);
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
    this.session = this.newSession(held, held.slot, () => this.subscribed()).open();
    return this.session;
  }

  private newSession({ installation }: HeldSlot, slot: number, whenSubscribed: () => void): OutsideSession {
    const { number, broker } = this.broker;
    // Two choices may lead to one broker: neither takes the other's session away.
    const chosen = number === 0 ? '' : `-${number}`;
    const options = {
      url: broker.url,
      signIn: signInOptions(broker),
      clientId: `maestrohub-uns-${installation}${chosen}-${slot}`,
      share: `maestrohub-${installation}`,
      whenSubscribed,
    };
    return new OutsideSession(options, this.intake, this.around.mounts);
  }

  private subscribed(): void {
    this.firstSubscribed.resolve();
    this.report();
  }

  private async reportSubscribed({ slots, slot }: HeldSlot): Promise<void> {
    try {
      await slots.subscribed(slot);
    } catch (error) {
      // Only until the database is back: then the slot is taken anew.
      this.log.warn(`others are not told of the subscription: ${String(error)}`);
    }
  }

  /** Resolves when this broker is done with, or with nothing once the slot is held no longer. Never throws. */
  private async untilEnd({ slots, signal }: HeldSlot, session: OutsideSession): Promise<End | undefined> {
    const { timing } = this.around;
    let [listeningSince, heardAt] = [Infinity, performance.now()];
    while (!signal.aborted) {
      try {
        await delay(timing.lookMs, undefined, { signal, ref: false });
        const now = performance.now();
        const { retirement } = this;
        const listens = session.isSubscribed && retirement !== undefined;
        listeningSince = listens ? Math.min(listeningSince, now) : Infinity;
        if (session.isSubscribed || !retirement) heardAt = now;
        if (now - heardAt >= timing.abandonMs) return 'expired';
        const patience = retirement === 'at once' ? 0 : timing.quietMs;
        const isQuiet = listens && now - Math.max(listeningSince, this.intake.arrivedAt) >= patience;
        // Others' sessions first: whoever leaves last looks after them no more.
        if (isQuiet && (await slots.unheld()).length === 0) return 'quiet';
      } catch (error) {
        if (!signal.aborted) this.log.warn(`whether the previous broker is quiet is not known: ${String(error)}`);
      }
    }
    return undefined;
  }

  /** For good. What fails is tried again with the next slot, which is this one. */
  private async part({ slots, slot, signal }: HeldSlot, session: OutsideSession, end: End): Promise<void> {
    this.session = undefined;
    try {
      if (end === 'quiet') {
        await session.leave(signal);
        await session.end();
        await slots.forget(slot);
      } else {
        await session.close();
        await slots.forgetAll();
      }
      this.log.log(`session ${slot} has ended: another broker is in use`);
    } catch (error) {
      this.log.warn(`the previous broker keeps the session of slot ${slot}: ${String(error)}`);
      await session.close();
    }
  }

  /** Ends the session where others get the messages. What cannot be fetched in time is fetched by one of them. */
  private async leave({ slots, slot }: HeldSlot, session: OutsideSession): Promise<void> {
    try {
      if (!(await slots.mayLeave(slot))) return;
      await session.leave(AbortSignal.timeout(this.around.timing.leaveMs));
      await session.end();
      await slots.forget(slot);
    } catch (error) {
      this.log.warn(`the broker keeps the session of slot ${slot}: ${String(error)}`);
    }
  }
}
