import { CODE_MS, EXPRESSION_MS, FairSandbox, LONGEST_SCRIPT_MS } from './fair-sandbox';

const MOMENT = { now: 0, seed: 1 };
/** Longer than anything takes on the busiest machine, unless it never ends. */
const PATIENT = { timeMs: 60_000 };
const LIMITS = { ...PATIENT, memoryBytes: 64 * 1024 * 1024, outputLength: 16 * 1024 * 1024 };
const script = (source: string, ...parameters: string[]) => ({ source, parameters });
const ENDLESS = script('for (;;);');

const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => {
      const { fault, kind, message } = error as { fault?: string; kind?: string; message: string };
      return fault ?? kind ?? message;
    },
  );

describe('FairSandbox', () => {
  const made: FairSandbox[] = [];

  const sandboxOf = (threads: number, bounds: { waiting?: number; waitingOfTenant?: number } = {}) => {
    const sandbox = new FairSandbox({ ...LIMITS, threads, waiting: 1_000, waitingOfTenant: 100, ...bounds });
    made.push(sandbox);
    return sandbox;
  };

  afterAll(() => Promise.all(made.map((sandbox) => sandbox.close())));

  it('leaves a thread to others beside endless scripts of one tenant', async () => {
    const sandbox = sandboxOf(2);
    const stop = new AbortController();
    const endless = Array.from({ length: 10 }, () =>
      outcomeOf(sandbox.evaluateAll('greedy', [ENDLESS], {}, MOMENT, { signal: stop.signal })),
    );
    const modest = sandbox.forTenant('modest', PATIENT);
    for (let index = 0; index < 50; index++) {
      expect(await modest.evaluate(script('$n + 1', '$n'), { $n: index }, MOMENT)).toBe(index + 1);
    }
    stop.abort(new Error('enough'));
    expect(new Set(await Promise.all(endless))).toEqual(new Set(['enough']));
  });

  it('gives turns by tenant, not by who came first', async () => {
    const sandbox = sandboxOf(1);
    const order: string[] = [];
    const run = (tenant: string) =>
      sandbox.evaluateAll(tenant, [script('1')], {}, MOMENT).then(() => void order.push(tenant));
    await Promise.all([...Array.from({ length: 6 }, () => run('many')), run('b'), run('c'), run('b')]);
    expect(order).toEqual(['many', 'b', 'c', 'many', 'b', 'many', 'many', 'many', 'many']);
  });

  it('gives the only thread to another after each script of an endless tenant', async () => {
    const sandbox = sandboxOf(1);
    const order: string[] = [];
    const endless = Array.from({ length: 3 }, async () => {
      await outcomeOf(sandbox.evaluateAll('greedy', [ENDLESS], {}, MOMENT, { timeMs: 50 }));
      order.push('greedy');
    });
    const modest = sandbox.forTenant('modest', PATIENT);
    for (let index = 0; index < 2; index++) {
      await modest.evaluate(script('1'), {}, MOMENT);
      order.push('modest');
    }
    await Promise.all(endless);
    expect(order).toEqual(['greedy', 'modest', 'greedy', 'modest', 'greedy']);
  });

  it('refuses more than may wait, of one tenant and of all', async () => {
    const sandbox = sandboxOf(1, { waiting: 3, waitingOfTenant: 2 });
    const run = (tenant: string) => outcomeOf(sandbox.evaluateAll(tenant, [script('1')], {}, MOMENT));
    const outcomes = await Promise.all([run('a'), run('a'), run('a'), run('a'), run('b'), run('b'), run('c')]);
    expect(outcomes).toEqual(['done', 'done', 'done', 'unavailable', 'done', 'unavailable', 'unavailable']);
    expect(await run('a')).toBe('done');
  });

  it('ends what its signal aborts, whether it runs or waits, and lets the next begin', async () => {
    const sandbox = sandboxOf(1);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = outcomeOf(sandbox.evaluateAll('a', [ENDLESS], {}, MOMENT, { signal: running.signal }));
    const second = outcomeOf(sandbox.evaluateAll('a', [ENDLESS], {}, MOMENT, { signal: waiting.signal }));
    const third = sandbox.evaluateAll('a', [script('3')], {}, MOMENT);
    waiting.abort(new Error('not needed'));
    expect(await second).toBe('not needed');
    running.abort(new Error('cancelled'));
    expect(await first).toBe('cancelled');
    expect(await third).toEqual([3]);
    const late = sandbox.evaluateAll('a', [script('4')], {}, MOMENT, { signal: running.signal });
    expect(await outcomeOf(late)).toBe('cancelled');
  });

  it('takes the time of an evaluation from whoever asks, up to its own', async () => {
    const sandbox = sandboxOf(2);
    const [brief, long] = [sandbox.forTenant('a', { timeMs: 20 }), sandbox.forTenant('b', PATIENT)];
    // Some 200 ms of work.
    const slow = script('let sum = 0; for (let i = 0; i < 4e6; i++) sum += i; return sum');
    expect(await outcomeOf(brief.evaluate(slow, {}, MOMENT))).toBe('timeout');
    expect(await long.evaluate(slow, {}, MOMENT)).toBe(7999998000000);
    expect(await brief.evaluate(slow, {}, MOMENT, PATIENT)).toBe(7999998000000);
    expect(EXPRESSION_MS < CODE_MS && CODE_MS < LONGEST_SCRIPT_MS).toBe(true);
  });

  it('checks scripts without running them', async () => {
    const tenant = sandboxOf(1).forTenant('a', PATIENT);
    expect(await outcomeOf(tenant.check(script('for (;;);')))).toBe('done');
    expect(await outcomeOf(tenant.check(script('1 +')))).toBe('syntax');
  });

  it('names the script that ended badly, also when its thread had to be ended', async () => {
    const scripts = [script('1'), script('const long = "x".repeat(8e6); for (;;) long.indexOf("y")')];
    const failing = sandboxOf(1).evaluateAll('a', scripts, {}, MOMENT, { timeMs: 50 });
    await expect(failing).rejects.toMatchObject({ fault: 'timeout', index: 1 });
  });

  it('takes and gives values of five megabytes', async () => {
    const records = Array.from({ length: 60_000 }, (_, index) => ({ id: index, name: `sensor ${index}`, tags: ['a'] }));
    const tenant = sandboxOf(1).forTenant('a', PATIENT);
    const large = { records, text: 'x'.repeat(2_500_000) };
    expect(JSON.stringify(large).length).toBeGreaterThan(5_000_000);
    const scripts = ['$trigger', '$trigger.records.length'].map((source) => script(source, '$trigger'));
    const [same, length] = await tenant.evaluateAll(scripts, { $trigger: large }, MOMENT);
    expect(length).toBe(60_000);
    expect(same).toEqual(large);
  });

  it('refuses what waits and what comes when it ends', async () => {
    const sandbox = sandboxOf(1);
    const run = () => outcomeOf(sandbox.evaluateAll('a', [ENDLESS], {}, MOMENT));
    const under = [run(), run()];
    await sandbox.close();
    expect(await Promise.all([...under, run()])).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });
});
