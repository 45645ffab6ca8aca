import { eventually } from '#testing';
import { ConnectorError } from '../../calls/connector-error';
import type { Message, Subscriber } from '../protocol';
import { Changes, startPoll, type Readings } from './poll';

describe('changes', () => {
  const changes = (deadBand?: number) =>
    new Changes({
      ...(deadBand !== undefined && { deadBand }),
      tags: [{ name: 'level' }, { name: 'fine', deadBand: 0.1 }],
    });

  it('are everything at first, and then what differs', () => {
    const told = changes();
    expect(told.of({ level: 1, on: true })).toEqual(['level', 'on']);
    expect(told.of({ level: 1, on: false })).toEqual(['on']);
    expect(told.of({ level: 1, on: false })).toEqual([]);
  });

  it('are as far as the dead band away from what was told last, not from what was read last', () => {
    const told = changes(2);
    told.of({ level: 10 });
    expect([11, 12, 12.5, 13, 14.6].map((level) => told.of({ level }).length)).toEqual([0, 0, 1, 0, 1]);
  });

  it('go by the dead band of the tag', () => {
    const told = changes(2);
    told.of({ fine: 1 });
    expect(told.of({ fine: 1.2 })).toEqual(['fine']);
  });

  it('are values that turn into others', () => {
    const told = changes(5);
    told.of({ level: 1, list: [1, 2] });
    expect(told.of({ level: null, list: [1, 3] })).toEqual(['level', 'list']);
  });
});

class Taking implements Subscriber {
  readonly functionId = 'f';
  readonly parameters = new Map();
  readonly taken: Message[] = [];
  lost = 0;
  take = (message: Message) => Promise.resolve(void this.taken.push(message));
  dropped = (count: number) => void (this.lost += count);
}

describe('a poll', () => {
  const tags = [{ name: 'a' }, { name: 'b' }];
  const counting = (): (() => Promise<Readings>) => {
    let count = 0;
    return () => Promise.resolve({ values: { a: count++, b: 7 } });
  };

  it('brings what has changed, with all there is', async () => {
    const taking = new Taking();
    const poll = await startPoll({ tags, intervalMs: 1 }, taking, counting());
    await eventually(() => taking.taken.length >= 2);
    await poll.close();
    const [first, second] = taking.taken.map(({ payload, more }) => ({ payload, changed: more!['changed'] }));
    expect([first, second]).toEqual([
      { payload: { a: 0, b: 7 }, changed: ['a', 'b'] },
      { payload: { a: 1, b: 7 }, changed: ['a'] },
    ]);
  });

  it('brings a message for each tag where that is wanted', async () => {
    const taking = new Taking();
    const config = { tags, intervalMs: 1, report: 'always', messages: 'perTag' } as const;
    const poll = await startPoll(config, taking, counting());
    await eventually(() => taking.taken.length >= 4);
    await poll.close();
    expect(taking.taken.slice(0, 4).map(({ key, payload }) => [key, payload])).toEqual([
      ['a', 0],
      ['b', 7],
      ['a', 1],
      ['b', 7],
    ]);
  });

  it('does not ask again before it was answered, and counts what fails', async () => {
    const taking = new Taking();
    let asked = 0;
    const second = Promise.withResolvers<Readings>();
    const read = (): Promise<Readings> => {
      asked++;
      if (asked === 1) return Promise.resolve({ values: {} });
      return asked === 2 ? second.promise : Promise.reject(new ConnectorError('not now'));
    };
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const poll = await startPoll({ tags, intervalMs: 1 }, taking, read);
    await eventually(() => turns > 20);
    clearInterval(ticking);
    expect(asked).toBe(2);
    second.resolve({ values: {} });
    await eventually(() => taking.lost > 1);
    await poll.close();
  });

  it('fails to start when its first reading fails', async () => {
    const refused = () => Promise.reject(new ConnectorError('no such address'));
    await expect(startPoll({ tags }, new Taking(), refused)).rejects.toThrow('no such address');
  });
});
