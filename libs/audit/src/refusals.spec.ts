import { Logger } from '@nestjs/common';
import { unavailable } from '#kernel';
import { withCall } from '#platform/audit';
import { register } from 'prom-client';
import { refusedRow, type AuditRow } from './audit-row';
import { Refusals } from './refusals';

const MINUTE = 60_000;

describe('Refusals', () => {
  let written: AuditRow[][];
  let failure: (rows: readonly AuditRow[]) => Error | undefined;
  let refusals: Refusals;
  let warnings: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers();
    register.resetMetrics();
    warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    written = [];
    failure = () => undefined;
    refusals = new Refusals((rows) => {
      const error = failure(rows);
      if (error) return Promise.reject(error);
      written.push([...rows]);
      return Promise.resolve();
    });
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const refuse = (action: string, address = '192.0.2.1', details = {}): void =>
    withCall({ requestId: '', address, userAgent: undefined }, () =>
      refusals.add(refusedRow({ action, details }, 'no')),
    );

  const flush = async (): Promise<[string, number][]> => {
    written = [];
    await refusals.flush();
    return written.flat().map(({ action, count }) => [action, count]);
  };

  const dropped = async (): Promise<number> => {
    const metric = await register.getSingleMetric('maestrohub_audit_dropped_total')!.get();
    return metric.values[0]?.value ?? 0;
  };

  it('writes the first at once and its repeats as one, when their minute is over', async () => {
    for (let index = 0; index < 100; index++) refuse('a.b', undefined, { topic: index });
    refuse('a.c');
    refuse('a.b', '192.0.2.2');
    expect(await flush()).toEqual([
      ['a.b', 1],
      ['a.c', 1],
      ['a.b', 1],
    ]);
    refuse('a.b');
    expect(await flush()).toEqual([]);
    jest.advanceTimersByTime(MINUTE);
    expect(await flush()).toEqual([['a.b', 100]]);
    expect(written[0]![0]!.details).toEqual({});
    refuse('a.b');
    expect(await flush()).toEqual([['a.b', 1]]);
  });

  it('writes in batches, in order', async () => {
    for (let index = 0; index < 2_500; index++) refuse(`a.${index}`);
    const order = await flush();
    expect(written.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(order.map(([action]) => action)).toEqual(Array.from({ length: 2_500 }, (_, index) => `a.${index}`));
  });

  it('waits while the database does not answer, and says so once', async () => {
    refuse('a.b');
    failure = () => unavailable('down');
    for (let index = 0; index < 5; index++) expect(await flush()).toEqual([]);
    expect(warnings).toHaveBeenCalledTimes(1);
    failure = () => undefined;
    refuse('a.c');
    expect(await flush()).toEqual([
      ['a.b', 1],
      ['a.c', 1],
    ]);
  });

  it('leaves out the one row that cannot be kept', async () => {
    ['a.b', 'bad.row', 'a.c'].forEach((action) => refuse(action));
    failure = (rows) => (rows.some(({ action }) => action === 'bad.row') ? new Error('no such value') : undefined);
    expect(await flush()).toEqual([
      ['a.b', 1],
      ['a.c', 1],
    ]);
    expect(await dropped()).toBe(1);
  });

  it('counts what is too much, and says in the trail that it has a gap', async () => {
    for (let index = 0; index < 10_100; index++) refuse(`a.${index}`);
    const found = await flush();
    expect(found).toHaveLength(10_001);
    expect(found.at(-1)).toEqual(['audit.dropped', 100]);
    expect(await dropped()).toBe(100);
    refuse('one.more');
    expect(await flush()).toEqual([]);
    jest.advanceTimersByTime(MINUTE);
    expect(await flush()).toEqual([['audit.dropped', 1]]);
    refuse('one.more');
    expect(await flush()).toEqual([['one.more', 1]]);
  });

  it('holds a bounded number while nothing can be written', async () => {
    failure = () => unavailable('down');
    for (let minute = 0; minute < 3; minute++) {
      for (let index = 0; index < 10_000; index++) refuse(`a.${minute}-${index}`);
      await flush();
      jest.advanceTimersByTime(MINUTE);
    }
    failure = () => undefined;
    const found = await flush();
    expect(found.length).toBeLessThan(10_010);
    const sum = found.reduce((total, [, count]) => total + count, 0);
    expect(sum).toBe(30_000);
  });

  it('writes everything at the end', async () => {
    for (let index = 0; index < 3; index++) refuse('a.b');
    await refusals.end();
    expect(written.flat().map(({ count }) => count)).toEqual([1, 2]);
  });
});
