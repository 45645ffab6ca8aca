import { takeTurns } from './turns';

describe('loops that only compute', () => {
  it('let others in, however many they are', async () => {
    let served = false;
    setImmediate(() => setImmediate(() => (served = true)));
    // Without turns these would go on for ever.
    const loop = async (): Promise<void> => {
      while (!served) await takeTurns();
    };
    await Promise.all([loop(), loop(), loop()]);
    expect(served).toBe(true);
  });
});
