import { setTimeout as delay } from 'node:timers/promises';
import { Halted, NodeFailed, type RunEnd } from './run-ends';

/** Shorter waits are waited for here; for longer ones the run is laid down. */
export const PATIENCE_MS = 5_000;
/** A called run that ends within this time is waited for here. */
const GRACE_MS = 250;

const BROKEN = Symbol('broken off');

interface Sleeper {
  /** Epoch milliseconds; nothing for what another run's end wakes. */
  until: number | undefined;
  wake: () => void;
}

/**
 * What is under way in a run: how many of its nodes work at the same time, which ones wait for a later time, and whether
 * it goes on at all. The run is laid down when none of its nodes works and all that wait do so for long.
 */
export class RunClock {
  private working = 0;
  private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private readonly sleepers = new Set<Sleeper>();
  private readonly abort = new AbortController();
  private parking: NodeJS.Timeout | undefined;
  private end: RunEnd | undefined;

  constructor(
    private readonly most: number,
    /** Of the whole run, epoch milliseconds: it rests no longer than until then. */
    private readonly deadline: number,
    /** Milliseconds; what waits longer is laid down. */
    private readonly patience = PATIENCE_MS,
  ) {}

  /** Aborts when what nodes do now is wanted by nobody any more. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get halted(): RunEnd | undefined {
    return this.end;
  }

  /** Nothing more begins; what works is given the time to end, or is aborted. The first reason counts. */
  halt(end: RunEnd, abort = false): void {
    if (!this.end) {
      this.end = end;
      clearTimeout(this.parking);
      for (const { wake } of this.sleepers) wake();
      for (const { reject } of this.waiting.splice(0)) reject(new Halted());
    }
    if (abort) this.abort.abort();
  }

  throwIfHalted(): void {
    if (this.end) throw new Halted();
  }

  /** Resolves when the node may begin. @throws Halted */
  async enter(): Promise<void> {
    this.throwIfHalted();
    clearTimeout(this.parking);
    if (this.working < this.most) {
      this.working++;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ resolve, reject });
    return promise;
  }

  leave(): void {
    const next = this.waiting.shift();
    // The place goes over to the one that waits.
    if (next) return next.resolve();
    this.working--;
    this.considerParking();
  }

  /**
   * Gives the place away until the time has come, `early` resolves or the loop that it is in is broken off.
   * @throws Halted; NodeFailed where it was broken off
   */
  async sleep(until: number | undefined, early?: Promise<void>, broken?: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { until, wake: resolve };
    this.sleepers.add(sleeper);
    if (this.end) resolve();
    const timer = new AbortController();
    this.leave();
    const left = until === undefined ? undefined : until - Date.now();
    const waits: Promise<unknown>[] = early ? [promise, early] : [promise];
    // Longer than timers can count: it is parked long before.
    if (left !== undefined && left < 2 ** 31) {
      waits.push(delay(Math.max(0, left), undefined, { signal: timer.signal }).catch(() => undefined));
    }
    const isBroken = broken?.then(() => BROKEN);
    const woken = await Promise.race([...waits, ...(isBroken ? [isBroken] : [])]);
    timer.abort();
    this.sleepers.delete(sleeper);
    await this.enter();
    if (woken === BROKEN) throw new NodeFailed({ message: 'It was broken off' });
  }

  private considerParking(): void {
    clearTimeout(this.parking);
    if (this.end || this.working > 0 || this.sleepers.size === 0) return;
    if (this.nextWaking() - Date.now() <= this.patience) return;
    this.parking = setTimeout(() => this.park(), GRACE_MS);
  }

  private park(): void {
    if (this.working > 0 || this.sleepers.size === 0) return;
    const called = [...this.sleepers].filter(({ until }) => until === undefined).length;
    this.halt({ kind: 'parked', due: new Date(this.nextWaking()), called });
  }

  private nextWaking(): number {
    return Math.min(this.deadline, ...[...this.sleepers].map(({ until = Infinity }) => until));
  }
}
