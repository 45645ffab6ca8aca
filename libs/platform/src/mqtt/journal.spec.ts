import { Retained, type DurableRecord } from './durable';
import { Journal } from './journal';
import { Message } from './message';

const retained = (): Retained =>
  new Retained(new Message({ topic: 'org/a', payload: Buffer.from('1'), qos: 1, retain: true }));

/** Tables that answer when they are let. */
class Tables {
  readonly written: (readonly DurableRecord[])[] = [];
  failures = 0;
  answer: Promise<void> = Promise.resolve();

  async write(records: readonly DurableRecord[]): Promise<void> {
    await this.answer;
    if (this.failures-- > 0) throw new Error('the database is down');
    this.written.push(records);
  }
}

let tables: Tables;
let journal: Journal;

beforeEach(() => {
  tables = new Tables();
  journal = new Journal(tables);
});

describe('a journal', () => {
  it('writes what changed together, and each record once', async () => {
    const [one, other] = [retained(), retained()];
    await Promise.all([journal.save(one), journal.save(other), journal.save(one)]);
    expect(tables.written).toEqual([[one, other]]);
    expect([one.stored, other.stored]).toEqual([true, true]);
  });

  it('writes nothing of what was over before it got there, and the end of what did', async () => {
    const [brief, kept] = [retained(), retained()];
    brief.gone = true;
    await Promise.all([journal.save(brief), journal.save(kept)]);
    kept.gone = true;
    await journal.save(kept);
    expect(tables.written).toEqual([[kept], [kept]]);
  });

  it('keeps the order while a write is under way', async () => {
    const answer = Promise.withResolvers<void>();
    tables.answer = answer.promise;
    const [first, second, third] = [retained(), retained(), retained()];
    const all = [journal.save(first), journal.save(second)];
    await new Promise(setImmediate);
    all.push(journal.save(third), journal.save(first));
    answer.resolve();
    await Promise.all(all);
    expect(tables.written).toEqual([
      [first, second],
      [third, first],
    ]);
  });

  it('tries again until the tables answer', async () => {
    tables.failures = 1;
    const record = retained();
    await journal.save(record);
    expect([tables.written, record.stored]).toEqual([[[record]], true]);
  });

  it('fails at its end what could not be written in time', async () => {
    tables.failures = Infinity;
    const saved = journal.save(retained());
    const failed = expect(saved).rejects.toThrow();
    await journal.close(10);
    await failed;
  });

  it('of no tables has nothing to wait for', async () => {
    const memory = new Journal();
    const record = retained();
    await memory.save(record);
    await memory.close(1_000);
    expect(record.stored).toBe(false);
  });
});
