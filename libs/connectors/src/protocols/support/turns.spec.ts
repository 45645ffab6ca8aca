import { Turns } from './turns';

const patient = new AbortController().signal;

describe('turns', () => {
  it('are taken in order, so many at the same time', async () => {
    const turns = new Turns(2);
    const ends: (() => void)[] = [];
    const began: number[] = [];
    const work = (name: number) =>
      turns.take(patient, () => {
        began.push(name);
        return new Promise<void>((end) => ends.push(end));
      });
    const all = [1, 2, 3, 4].map(work);
    await Promise.resolve();
    expect(began).toEqual([1, 2]);
    ends[1]!();
    await all[1];
    expect(began).toEqual([1, 2, 3]);
    ends[0]!();
    await all[0];
    expect(began).toEqual([1, 2, 3, 4]);
    ends.slice(2).forEach((end) => end());
    await Promise.all(all);
  });

  it('are given up by those who wait no longer, and go on after a failure', async () => {
    const turns = new Turns(1);
    const impatient = new AbortController();
    const failing = Promise.withResolvers<never>();
    const first = turns.take(patient, () => failing.promise);
    const second = turns.take(impatient.signal, () => Promise.resolve('second'));
    const third = turns.take(patient, () => Promise.resolve('third'));
    impatient.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    failing.reject(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    expect(await third).toBe('third');
    await expect(turns.take(impatient.signal, () => Promise.resolve())).rejects.toThrow('gone');
  });
});
