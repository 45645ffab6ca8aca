import { LockSession } from '#platform/database';
import { OutsideTiming } from '#platform/mqtt';
import { createTestApp, eventually, type TestApp } from '#testing';
import { SlotKeeper, type HeldSlot } from '../../../libs/platform/src/mqtt/outside-slot-keeper';
import { type IngestSlots, type UnheldSlot } from '../../../libs/platform/src/mqtt/outside-slots';

/** A process as far as slots go. */
class Holder {
  held: HeldSlot | undefined;
  reachesDatabase = true;
  readonly keeper: SlotKeeper;

  constructor(app: TestApp) {
    const open = (): Promise<LockSession> =>
      this.reachesDatabase ? LockSession.open(app.config) : Promise.reject(new Error('no way to the database'));
    this.keeper = new SlotKeeper(0, open, new OutsideTiming(), async (held) => {
      this.held = held;
      await new Promise<void>((resolve) => held.signal.addEventListener('abort', () => resolve()));
      this.held = undefined;
    });
    this.keeper.start();
  }

  async slot(): Promise<number> {
    return (await eventually(() => this.held)).slot;
  }
}

describe('ingest slots', () => {
  let app: TestApp;
  let holders: Holder[];

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  beforeEach(() => void (holders = []));

  afterEach(async () => {
    await Promise.all(holders.map(({ keeper }) => keeper.stop()));
    await cutAll();
    await app.database.asSystem((manager) => manager.query('DELETE FROM ingest_slots'));
  });

  async function holder(): Promise<Holder> {
    const started = new Holder(app);
    holders.push(started);
    await started.slot();
    return started;
  }

  /** What a restart of PostgreSQL does to locks: nobody comes back before the last of them is gone. */
  async function cutAll(): Promise<void> {
    for (const one of holders) one.reachesDatabase = false;
    await app.database.asSystem((manager) =>
      manager.query(`SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
        WHERE application_name = 'maestrohub-locks' AND datname = current_database()`),
    );
    await eventually(() => holders.every(({ held }) => held === undefined));
  }

  /** As `by` sees it, once the server has noticed that its holder is gone. */
  const givenBack = (by: IngestSlots): Promise<UnheldSlot[]> =>
    eventually(async () => {
      const unheld = await by.unheld();
      return unheld.length > 0 && unheld;
    });

  it('are taken from the lowest on, and again when they are given back', async () => {
    const [first, second, third] = [await holder(), await holder(), await holder()];
    expect([await first.slot(), await second.slot(), await third.slot()]).toEqual([0, 1, 2]);
    await second.keeper.stop();
    await givenBack(first.held!.slots);
    expect(await (await holder()).slot()).toBe(1);
  });

  it('with a session come before numbers that have none', async () => {
    await app.database.asSystem((manager) =>
      manager.query(`INSERT INTO ingest_slots (slot, state) VALUES (7, 'subscribed')`),
    );
    expect(await (await holder()).slot()).toBe(7);
    expect(await (await holder()).slot()).toBe(0);
  });

  it('stay with their holders when every lock was lost', async () => {
    const both = [await holder(), await holder()];
    await cutAll();
    for (const one of both) one.reachesDatabase = true;
    expect(await Promise.all(both.map((one) => one.slot()))).toEqual([0, 1]);
  });

  it('are not fought for: who comes back late takes another', async () => {
    const late = await holder();
    await cutAll();
    const faster = await holder();
    expect(await faster.slot()).toBe(0);
    late.reachesDatabase = true;
    expect(await late.slot()).toBe(1);
    expect(await faster.slot()).toBe(0);
  });

  it('may be left but for the last that is subscribed', async () => {
    const three = [await holder(), await holder(), await holder()].map(({ held }) => held!);
    const leave = ({ slots, slot }: HeldSlot): Promise<boolean> => slots.mayLeave(slot);
    // One that does not get messages yet is nobody to count on.
    expect(await leave(three[0]!)).toBe(false);
    for (const { slots, slot } of three) await slots.subscribed(slot);
    const answers = await Promise.all(three.map(leave));
    expect(answers.filter(Boolean)).toHaveLength(2);
  });

  it('that nobody has are adopted by one alone, and then gone', async () => {
    const gone = await holder();
    const [one, other] = [await holder(), await holder()].map(({ held }) => held!.slots) as [IngestSlots, IngestSlots];
    expect(await one.unheld()).toEqual([]);
    await gone.keeper.stop();
    expect(await givenBack(one)).toEqual([{ slot: 0, leaving: false }]);
    const adopted = await Promise.all([one.adopt(0), other.adopt(0)]);
    expect(adopted.filter(Boolean)).toHaveLength(1);
    const adopter = adopted[0] ? one : other;
    await adopter.release(0);
    expect(await one.unheld()).toEqual([{ slot: 0, leaving: true }]);
    expect(await other.adopt(0)).toBe(true);
    await other.forget(0);
    expect(await one.adopt(0)).toBe(false);
    expect(await (await holder()).slot()).toBe(0);
  });
});
