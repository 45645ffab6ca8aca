import { RunClock } from './run-clock';
import { Halted, NodeFailed } from './run-ends';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A clock of a run that has an hour left, and when that began. */
function clockOf({ most = 2, left = HOUR, patience = 1_000 } = {}) {
  const began = Date.now();
  return { clock: new RunClock(most, began + left, patience), began };
}

/** How a promise is settled once everything that can be done at once has been. */
async function settled(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => (state = 'done'),
    () => (state = 'failed'),
  );
  await new Promise(setImmediate);
  return state;
}

describe('the clock of a run', () => {
  it('lets so many nodes work at the same time, the others in the order they came', async () => {
    const { clock } = clockOf();
    const order: number[] = [];
    const entered = [0, 1, 2, 3].map((index) => clock.enter().then(() => order.push(index)));
    await Promise.all(entered.slice(0, 2));
    expect(await settled(entered[2]!)).toBe('pending');
    clock.leave();
    clock.leave();
    await Promise.all(entered);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('gives the place of a node that sleeps to one that waits', async () => {
    const { clock } = clockOf({ most: 1 });
    const early = Promise.withResolvers<void>();
    await clock.enter();
    const asleep = clock.sleep(Date.now() + HOUR, early.promise);
    await clock.enter();
    early.resolve();
    expect(await settled(asleep)).toBe('pending');
    clock.leave();
    await asleep;
    expect(clock.halted).toBeUndefined();
  });

  it('waits for what is soon', async () => {
    const { clock } = clockOf();
    await clock.enter();
    await clock.sleep(Date.now() + 30);
    expect(clock.halted).toBeUndefined();
  });

  it('is laid down when all that is left waits for long, until the first of its times', async () => {
    const { clock, began } = clockOf();
    await Promise.all([clock.enter(), clock.enter()]);
    const asleep = [clock.sleep(began + 2 * MINUTE), clock.sleep(began + MINUTE)];
    for (const sleep of asleep) await expect(sleep).rejects.toThrow(Halted);
    const { halted } = clock;
    if (halted?.kind !== 'parked') throw new Error(`it is ${halted?.kind}`);
    expect([halted.due.getTime() - began, halted.called]).toEqual([MINUTE, 0]);
  });

  it('is laid down no longer than the run may take, and knows how many called runs can wake it', async () => {
    const { clock, began } = clockOf({ left: MINUTE });
    await Promise.all([clock.enter(), clock.enter()]);
    const asleep = [clock.sleep(undefined), clock.sleep(undefined)];
    for (const sleep of asleep) await expect(sleep).rejects.toThrow(Halted);
    const { halted } = clock;
    if (halted?.kind !== 'parked') throw new Error(`it is ${halted?.kind}`);
    expect([halted.due.getTime() - began, halted.called]).toEqual([MINUTE, 2]);
  });

  it('is not laid down while a node works, nor when one is to wake soon', async () => {
    const { clock } = clockOf({ patience: MINUTE });
    await Promise.all([clock.enter(), clock.enter()]);
    const long = clock.sleep(Date.now() + HOUR);
    const soon = clock.sleep(Date.now() + 400);
    await soon;
    // One works again: the other sleeps on.
    expect([clock.halted, await settled(long)]).toEqual([undefined, 'pending']);
    clock.halt({ kind: 'released' });
    await expect(long).rejects.toThrow(Halted);
  });

  it('breaks a sleep off with its loop', async () => {
    const { clock } = clockOf();
    const broken = Promise.withResolvers<void>();
    await clock.enter();
    const asleep = clock.sleep(Date.now() + 500, undefined, broken.promise);
    broken.resolve();
    await expect(asleep).rejects.toThrow(NodeFailed);
    expect(clock.halted).toBeUndefined();
  });

  it('lets nothing sleep on after its end, nor fall asleep', async () => {
    const { clock } = clockOf();
    await Promise.all([clock.enter(), clock.enter()]);
    const asleep = clock.sleep(Date.now() + HOUR);
    clock.halt({ kind: 'released' });
    await expect(asleep).rejects.toThrow(Halted);
    await expect(clock.sleep(Date.now() + HOUR)).rejects.toThrow(Halted);
  });

  it('lets nothing begin after its end, and keeps the first reason', async () => {
    const { clock } = clockOf({ most: 1 });
    await clock.enter();
    const waiting = clock.enter();
    clock.halt({ kind: 'released' });
    clock.halt({ kind: 'lost' });
    await expect(waiting).rejects.toThrow(Halted);
    await expect(clock.enter()).rejects.toThrow(Halted);
    expect(() => clock.throwIfHalted()).toThrow(Halted);
    expect([clock.halted, clock.signal.aborted]).toEqual([{ kind: 'released' }, false]);
    clock.halt({ kind: 'lost' }, true);
    expect(clock.signal.aborted).toBe(true);
  });
});
