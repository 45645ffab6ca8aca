import { DeviceTurns } from './device-turns';

const SIGNAL = new AbortController().signal;

describe('turns with a device', () => {
  it('are taken one after the other, whatever becomes of the one before', async () => {
    const turns = new DeviceTurns({ where: 'plc:1', most: 10, pauseMs: 1 });
    const log: string[] = [];
    const work = (name: string, fails: boolean) =>
      turns.take(SIGNAL, async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    await Promise.allSettled([work('a', true), work('b', false)]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('are refused when too many wait', async () => {
    const turns = new DeviceTurns({ where: 'plc:1', most: 1 });
    const first = turns.take(SIGNAL, () => Promise.resolve(1));
    await expect(turns.take(SIGNAL, () => Promise.resolve(2))).rejects.toMatchObject({
      message: 'plc:1: 1 requests are waiting already',
      retryable: true,
    });
    await expect(first).resolves.toBe(1);
    await expect(turns.take(SIGNAL, () => Promise.resolve(3))).resolves.toBe(3);
  });

  it('are let go when nobody waits any more', async () => {
    const turns = new DeviceTurns({ where: 'plc:1', most: 10 });
    const asked = jest.fn();
    const caller = new AbortController();
    const late = turns.take(caller.signal, asked);
    caller.abort(new Error('gone'));
    await expect(late).rejects.toThrow('gone');
    expect(asked).not.toHaveBeenCalled();
  });
});
