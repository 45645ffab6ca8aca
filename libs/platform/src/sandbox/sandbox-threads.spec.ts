import { SandboxThreads } from './sandbox-threads';

const MOMENT = { now: 0, seed: 1 };
const script = (source: string, ...parameters: string[]) => ({ source, parameters });
/** For what would not end by itself; all else has longer than it takes on the busiest machine. */
const BRIEF = { timeMs: 200 };

/** Nothing else of this thread gets its turn. */
function standStill(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('SandboxThreads', () => {
  let threads: SandboxThreads;

  beforeAll(() => {
    threads = new SandboxThreads({
      threads: 2,
      waiting: 100,
      timeMs: 60_000,
      memoryBytes: 64 * 1024 * 1024,
      outputLength: 100_000,
    });
  });

  afterAll(() => threads.close());

  it('gives results, undefined apart from null', async () => {
    const scripts = ['$a.b', '$a.c', 'null'].map((source) => script(source, '$a'));
    expect(await threads.evaluateAll(scripts, { $a: { b: [1, 'x'] } }, MOMENT)).toEqual([[1, 'x'], undefined, null]);
    expect(await threads.evaluateAll([], {}, MOMENT)).toEqual([]);
  });

  it('says what is wrong as the sandbox does', async () => {
    const failing = threads.evaluateAll([script('1'), script('\nnull.x')], {}, MOMENT);
    await expect(failing).rejects.toMatchObject({
      name: 'ScriptError',
      fault: 'thrown',
      message: "TypeError: cannot read property 'x' of null",
      position: { line: 2 },
      index: 1,
    });
    await expect(threads.check(script('1 +'))).rejects.toMatchObject({ fault: 'syntax' });
    await expect(threads.check(script('return 1'))).resolves.toBeUndefined();
  });

  it('ends what the interpreter itself does not end in time, and goes on', async () => {
    // Each round is one long instruction; the interpreter looks at its clock every 10,000 of them.
    const stubborn = script('const long = "x".repeat(8e6); for (;;) long.indexOf("y")');
    const failing = threads.evaluate(stubborn, {}, MOMENT, BRIEF);
    await expect(failing).rejects.toMatchObject({ fault: 'timeout' });
    expect(await threads.evaluate(script('1 + 1'), {}, MOMENT)).toBe(2);
  });

  it('takes a result that waited to be read while everything else stood still', async () => {
    expect(await threads.evaluate(script('1'), {}, MOMENT)).toBe(1);
    // Timers are looked at first after this turn, and messages of threads later.
    await new Promise(setImmediate);
    const result = threads.evaluate(script('1 + 1'), {}, MOMENT, BRIEF);
    standStill(1_000);
    expect(await result).toBe(2);
  });

  it('lets others run beside a script that does not end', async () => {
    const endless = threads
      .evaluate(script('for (;;);'), {}, MOMENT, BRIEF)
      .catch((error: unknown) => (error as { fault: string }).fault);
    const quick = Array.from({ length: 50 }, (_, index) =>
      threads.evaluate(script('$n + 1', '$n'), { $n: index }, MOMENT),
    );
    expect(await Promise.all(quick)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await endless).toBe('timeout');
  });

  it('refuses more than may wait', async () => {
    const many = Array.from({ length: 150 }, () => threads.evaluate(script('1'), {}, MOMENT));
    const outcomes = await Promise.allSettled(many);
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ reason }) => (reason as { kind: string }).kind === 'unavailable')).toBe(true);
  });

  it('has no environment in its threads', async () => {
    expect(await threads.evaluate(script('typeof process'), {}, MOMENT)).toBe('undefined');
  });
});
