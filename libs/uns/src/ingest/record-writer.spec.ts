import { setImmediate } from 'node:timers/promises';
import { newId } from '#kernel';
import { Lifecycle } from '#platform/lifecycle';
import type { RecordInput } from '../record';
import type { Appended, RecordBatch } from './record-batch';
import type { IdPlace } from './record-ids';
import type { RecordTransaction } from './record-transaction';
import { RecordWriter } from './record-writer';

// What is stored, and that it is, is test/e2e/platform; here is the order of events, which no real server can be made to have.

/** Transactions that end when they are told to. */
class SlowTransactions {
  readonly transactions: {
    rows: number;
    nextId: () => IdPlace;
    commit: () => void;
    fail: (error: unknown) => void;
  }[] = [];

  async store(_: number, batches: readonly RecordBatch[], nextId: () => IdPlace): Promise<Appended[]> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const rows = batches.reduce((sum, { records }) => sum + records.length, 0);
    this.transactions.push({ rows, nextId, commit: resolve, fail: reject });
    await promise;
    return batches.map(({ receivedAt, records }) => ({ receivedAt, stored: records, refused: [] }));
  }
}

const organization = newId();

const record = (value: RecordInput['value'] = 1): RecordInput => ({
  topic: 'mHv1.0/a',
  value,
  source: null,
  timestamp: null,
  quality: 'good',
});

describe('RecordWriter', () => {
  let slow: SlowTransactions;
  let lifecycle: Lifecycle;
  let writer: RecordWriter;

  beforeEach(() => {
    slow = new SlowTransactions();
    lifecycle = new Lifecycle();
    writer = new RecordWriter(slow as unknown as RecordTransaction, lifecycle);
  });

  const append = (count = 1, value?: RecordInput['value']): Promise<Appended> =>
    writer.append(organization, Array<RecordInput>(count).fill(record(value)));

  const sizes = (): number[] => slow.transactions.map(({ rows }) => rows);

  const begun = async (count: number): Promise<void> => {
    while (slow.transactions.length < count) await setImmediate();
  };

  /** Ends every transaction, now and to come, until the work is done. */
  async function commitUntil<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = (): void => void (done = true);
    work.then(end, end);
    for (let next = 0; !done; await setImmediate()) {
      for (; next < slow.transactions.length; next++) slow.transactions[next]!.commit();
    }
    return work;
  }

  it('writes what comes together together, and gathers while both writers are at work', async () => {
    const first = [append(), append(), append()];
    await begun(1);
    const second = append();
    await begun(2);
    const gathered = [append(2), append(3)];
    await setImmediate();
    expect(sizes()).toEqual([3, 1]);
    await commitUntil(Promise.all([...first, second, ...gathered]));
    expect(sizes()).toEqual([3, 1, 5]);
  });

  it('gives lower ids to what came first, also where what came later is stored first', async () => {
    const first = append();
    await begun(1);
    const second = append();
    await begun(2);
    const [later, earlier] = slow.transactions.toReversed().map(({ nextId }) => nextId().idBase);
    expect(Buffer.compare(earlier!, later!)).toBe(-1);
    await commitUntil(Promise.all([first, second]));
  });

  it('answers after the commit and not before', async () => {
    let answered = false;
    const work = append().then(() => (answered = true));
    await begun(1);
    await setImmediate();
    expect(answered).toBe(false);
    slow.transactions[0]!.commit();
    await work;
    expect(answered).toBe(true);
  });

  it('never divides a batch, and makes transactions no larger than it must', async () => {
    await commitUntil(Promise.all([append(1_500), append(600), append(10_000), append(1), append(1_999)]));
    expect(sizes()).toEqual([1_500, 600, 10_000, 2_000]);
  });

  it('makes transactions of a few where values are long', async () => {
    const long = 'x'.repeat(5 * 1024 * 1024);
    await commitUntil(Promise.all(Array.from({ length: 7 }, () => append(1, long))));
    expect(sizes()).toEqual([3, 3, 1]);
  });

  it.each<[string, number, RecordInput['value'], number]>([
    ['rows', 10_000, 1, 10],
    ['characters', 1, 'x'.repeat(16 * 1024 * 1024 - 2), 8],
  ])('refuses more %s than may wait, and takes some again afterwards', async (_, rows, value, fitting) => {
    const taken = Array.from({ length: fitting }, () => append(rows, value));
    await expect(append(1, 'x')).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 1 });
    await commitUntil(Promise.all(taken));
    await commitUntil(append(1, 'x'));
  });

  it('refuses all of a transaction when the server is gone, and goes on with the next', async () => {
    const lost = Object.assign(new Error('gone'), { code: '08006' });
    const work = Promise.allSettled([append(), append()]);
    await begun(1);
    slow.transactions[0]!.fail(lost);
    expect(await work).toEqual([1, 2].map(() => ({ status: 'rejected', reason: lost })));
    await commitUntil(append());
  });

  it('finds the one that is refused by halves', async () => {
    const refused = Object.assign(new Error('data'), { code: '22003' });
    const work = Promise.allSettled([append(1), append(1), append(1), append(5)]);
    for (let next = 0, done = 0; done < 4; next++) {
      await begun(next + 1);
      const { rows, commit, fail } = slow.transactions[next]!;
      // The batch of five rows is the bad one.
      if (rows >= 5) fail(refused);
      else commit();
      done += rows >= 5 ? (rows === 5 ? 1 : 0) : rows;
    }
    expect((await work).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(sizes()).toEqual([8, 2, 6, 1, 5]);
  });

  it('is not done at shutdown before everything is answered', async () => {
    const order: string[] = [];
    const answers = [append(), append(10_000)].map((work) => work.then(() => order.push('answered')));
    const ended = lifecycle.beforeApplicationShutdown().then(() => order.push('ended'));
    await commitUntil(Promise.all([...answers, ended]));
    expect(order).toEqual(['answered', 'answered', 'ended']);
  });

  it.each(Array.from({ length: 25 }, (_, turns) => turns))(
    'lets nothing lie that comes when both writers are about to end, %s turns after their commit',
    async (turns) => {
      const both = [append()];
      await begun(1);
      both.push(append());
      await begun(2);
      for (const { commit } of slow.transactions) commit();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const late = append();
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      expect(sizes()).toEqual([1, 1, 1]);
      await commitUntil(Promise.all([...both, late]));
    },
  );
});
