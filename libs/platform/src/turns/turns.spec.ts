import { inTurns, takeTurns } from './turns';

/** Asks for two turns of everything else, and says when it had them. */
function asking(): { isServed: boolean } {
  const others = { isServed: false };
  setImmediate(() => setImmediate(() => (others.isServed = true)));
  return others;
}

describe('loops that only compute', () => {
  it('let others in, however many they are', async () => {
    const others = asking();
    // Without turns these would go on for ever.
    const loop = async (): Promise<void> => {
      while (!others.isServed) await takeTurns();
    };
    await Promise.all([loop(), loop(), loop()]);
    expect(others.isServed).toBe(true);
  });

  it('let others in between two items', async () => {
    const others = asking();
    function* untilServed(): Generator<boolean> {
      while (!others.isServed) yield others.isServed;
    }
    expect(await inTurns(untilServed(), () => others.isServed)).toContain(false);
  });

  it('give what they have made of each, in their order', async () => {
    expect(await inTurns(['a', 'b', 'c'].entries(), ([index, letter]) => `${letter}${index}`)).toEqual([
      'a0',
      'b1',
      'c2',
    ]);
  });
});
