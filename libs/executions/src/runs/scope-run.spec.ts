import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { Frame } from './frame';
import { NodeFailed } from './run-ends';
import type { PlannedNode, RunPlan } from './run-plan';
import { ScopeRun, type Arrived, type NodeCaller, type Outcome } from './scope-run';
import { planOf } from './test-plan';

interface Given {
  place: string;
  inputs: readonly Arrived[];
  frame: Frame;
  broken: Promise<void>;
}

/** What a node gives: a value at `out`, or whatever it does. */
type Behaviour = JsonValue | ((given: Given) => Outcome | Promise<Outcome>);

const at =
  (port: string, value: JsonValue = null) =>
  (): Outcome => ({ emissions: [{ port, value }], clock: 0 });
const fails = (message: string) => (): never => {
  throw new NodeFailed({ message });
};

/** Calls nodes that do what the test says, and notes each call: `a`, `a|1.0` in a loop. */
class FakeRun implements NodeCaller {
  readonly called: string[] = [];
  readonly loops: [id: string, iteration: string, result: JsonValue | string][] = [];
  errors = 0;
  halted = false;

  constructor(
    private readonly plan: RunPlan,
    private readonly behaviours: Record<string, Behaviour> = {},
  ) {}

  start(input: JsonValue = null) {
    const frame = new Frame(undefined, '', 0);
    const [trigger, ...dead] = this.plan.triggers as [PlannedNode, ...PlannedNode[]];
    return new ScopeRun(this, this.plan.top, frame).execute(trigger, at('out', input)(), dead);
  }

  async call({ node }: PlannedNode, inputs: readonly Arrived[], frame: Frame, broken: Promise<void>): Promise<Outcome> {
    const place = frame.iteration ? `${node.id}|${frame.iteration}` : node.id;
    this.called.push(place);
    const behaviour = this.behaviours[place] ?? this.behaviours[node.id];
    if (typeof behaviour === 'function') return behaviour({ place, inputs, frame, broken });
    const clock = Math.max(...inputs.map((input) => input.clock));
    return { emissions: [{ port: 'out', value: behaviour ?? inputs[0]?.value ?? null }], clock };
  }

  loopDone({ node }: PlannedNode, { iteration }: Frame, _began: number, result: JsonValue): void {
    this.loops.push([node.id, iteration, result]);
  }

  loopFailed({ node, continues }: PlannedNode, { iteration }: Frame, _began: number, error: { message: string }) {
    this.loops.push([node.id, iteration, error.message]);
    if (!continues) throw new NodeFailed(error);
    return { emissions: [{ port: 'error', value: { message: error.message } }], clock: 0, error };
  }

  countError(): void {
    this.errors++;
  }

  throwIfHalted(): void {
    if (this.halted) throw new Error('halted');
  }

  nodeById(id: string): PlannedNode {
    return this.plan.nodes.get(id)!;
  }
}

describe('a scope', () => {
  it('runs its nodes in the order of its edges, and gives what the last one gave', async () => {
    const run = new FakeRun(planOf(['start > a', 'a > b', 'b > c']), { c: 'end' });
    expect(await run.start()).toEqual({ value: 'end', clock: 0 });
    expect(run.called).toEqual(['a', 'b', 'c']);
  });

  it('leaves out what no way leads to, however far', async () => {
    const plan = planOf(['start > if', 'if.true > a', 'a > b', 'if.false > c', 'c > d', 'd > e']);
    const run = new FakeRun(plan, { if: at('true') });
    await run.start();
    expect(run.called).toEqual(['if', 'a', 'b']);
  });

  it('runs what ways meet in as soon as each has come or is known not to, and once', async () => {
    const plan = planOf(['start > if', 'if.true > a', 'if.false > b', 'b > c', 'a > merge', 'c > merge', 'merge > z']);
    const run = new FakeRun(plan, { if: at('true') });
    await run.start();
    expect(run.called).toEqual(['if', 'a', 'merge', 'z']);
  });

  it('hands a node what came, by the names of those who gave it', async () => {
    let names: string[] = [];
    const merge = ({ inputs }: Given): Outcome => {
      names = inputs.map(({ nodeName, value }) => `${nodeName}=${JSON.stringify(value)}`);
      return at('out')();
    };
    const plan = planOf(['start > b', 'start > a', 'start > c', 'b > merge', 'c > merge', 'a > merge']);
    const late = async (): Promise<Outcome> => {
      await new Promise(setImmediate);
      return at('out', 1)();
    };
    await new FakeRun(plan, { a: late, b: 2, c: 3, merge }).start();
    expect(names).toEqual(['a=1', 'b=2', 'c=3']);
  });

  it('takes other triggers for ways that nothing comes by', async () => {
    const run = new FakeRun(planOf(['start-1 > a', 'start-2 > b', 'a > merge', 'b > merge']));
    await run.start();
    expect(run.called).toEqual(['a', 'merge']);
  });

  it('goes on at the error port of a node without which the pipeline goes on', async () => {
    const plan = planOf(['start > a', 'a > b', 'a.error > c', 'b > merge', 'c > merge']);
    const a = (): Outcome => ({ emissions: [{ port: 'error', value: 'bad' }], clock: 0, error: { message: 'bad' } });
    const run = new FakeRun(plan, { a });
    expect(await run.start()).toEqual({ value: 'bad', clock: 0 });
    expect(run.called).toEqual(['a', 'c', 'merge']);
  });

  it('begins nothing more when a node has failed, but waits for those at work', async () => {
    const slow = Promise.withResolvers<Outcome>();
    const run = new FakeRun(planOf(['start > slow', 'start > bad', 'slow > next']), {
      slow: () => slow.promise,
      bad: fails('no'),
    });
    let over = false;
    const ended = run.start().finally(() => (over = true));
    await new Promise(setImmediate);
    expect(over).toBe(false);
    slow.resolve(at('out')());
    await expect(ended).rejects.toThrow('no');
    expect(run.called).toEqual(['slow', 'bad']);
  });

  it('tells what broke it, also what is nobody’s failure', async () => {
    const broken = (): never => {
      throw new TypeError('a fault');
    };
    await expect(new FakeRun(planOf(['start > a']), { a: broken }).start()).rejects.toThrow('a fault');
  });

  it('walks through a thousand nodes in a row, alive or dead', async () => {
    const row = Array.from({ length: 1_000 }, (_, index) => `n${index} > n${index + 1}`);
    const alive = new FakeRun(planOf(['start > if', 'if.true > n0', ...row]), { if: at('true') });
    await alive.start();
    expect(alive.called).toHaveLength(1_002);
    const dead = new FakeRun(planOf(['start > if', 'if.true > n0', ...row]), { if: at('false') });
    await dead.start();
    expect(dead.called).toEqual(['if']);
  });
});

describe('a loop', () => {
  const LOOP = ['start > each', 'each > a', 'a > end', 'end > z'];

  it('runs its body for one item after the other, and gives all their results', async () => {
    const run = new FakeRun(planOf(LOOP), { each: ['x', 'y'] });
    expect(await run.start()).toMatchObject({ value: { results: ['x', 'y'], succeeded: 2, failed: 0 } });
    expect(run.called).toEqual(['each', 'a|0', 'end|0', 'a|1', 'end|1', 'z']);
  });

  it('goes straight to its end where there is no item', async () => {
    const run = new FakeRun(planOf(LOOP), { each: [] });
    expect(await run.start()).toMatchObject({ value: { results: [], succeeded: 0, failed: 0 } });
    expect(run.called).toEqual(['each', 'z']);
  });

  it('gives null for an item whose ways all ended before the end', async () => {
    const plan = planOf(['start > each', 'each > if', 'if.true > end', 'end > z']);
    const run = new FakeRun(plan, { each: [1, 2], 'if|0': at('false'), 'if|1': at('true', 'second') });
    expect(await run.start()).toMatchObject({ value: { results: [null, 'second'], succeeded: 2 } });
  });

  it('runs loops in it for each of its items', async () => {
    const plan = planOf(['start > each-1', 'each-1 > each-2', 'each-2 > a', 'a > end-2', 'end-2 > b', 'b > end-1']);
    const run = new FakeRun(plan, { 'each-1': [0, 1], 'each-2|0': ['p', 'q'], 'each-2|1': [] });
    await run.start();
    expect(run.called.filter((place) => /^[ab]/.test(place))).toEqual(['a|0.0', 'a|0.1', 'b|0', 'b|1']);
    expect(run.loops.map(([id, iteration]) => [id, iteration])).toEqual([
      ['each-2', '0'],
      ['each-2', '1'],
      ['each-1', ''],
    ]);
  });

  it('ends with the first item that fails', async () => {
    const run = new FakeRun(planOf(LOOP), { each: [1, 2, 3], 'a|1': fails('second') });
    await expect(run.start()).rejects.toThrow('second');
    expect(run.called).toEqual(['each', 'a|0', 'end|0', 'a|1']);
    expect(run.loops).toEqual([['each', '', 'second']]);
  });

  it('goes on at its end’s error port where the pipeline goes on without it', async () => {
    const plan = planOf(['start > each', 'each > a', 'a > end', 'end > z', 'end.error > y'], {
      each: { settings: { onError: 'continue' } },
    });
    const run = new FakeRun(plan, { each: [1], a: fails('bad') });
    expect(await run.start()).toMatchObject({ value: { message: 'bad' } });
    expect(run.called).toEqual(['each', 'a|0', 'y']);
  });

  it('goes through all items where it is not to stop, and counts as one error', async () => {
    const plan = planOf(LOOP, { each: { parameters: { stopOnError: false } } });
    const run = new FakeRun(plan, { each: [1, 2, 3], 'a|0': fails('first'), 'a|2': fails('third') });
    expect(await run.start()).toMatchObject({
      value: {
        results: [{ error: { message: 'first' } }, 2, { error: { message: 'third' } }],
        succeeded: 1,
        failed: 2,
      },
    });
    expect(run.errors).toBe(1);
  });

  it('is broken off, with the loops in it, when a node beside it fails', async () => {
    const plan = planOf([
      'start > each-1',
      'start > bad',
      'each-1 > each-2',
      'each-2 > rests',
      'rests > end-2',
      'end-2 > end-1',
    ]);
    const inside = Promise.withResolvers<void>();
    const rests = async ({ broken }: Given): Promise<Outcome> => {
      inside.resolve();
      await broken;
      throw new NodeFailed({ message: 'It was broken off' });
    };
    const bad = (): Promise<never> => inside.promise.then(fails('beside'));
    const run = new FakeRun(plan, { 'each-1': [1, 2], 'each-2': [1, 2], rests, bad });
    await expect(run.start()).rejects.toThrow('beside');
    expect(run.called.filter((place) => place.startsWith('rests'))).toEqual(['rests|0.0']);
  });

  it('that is disabled is none: its body runs once, with what came in', async () => {
    const run = new FakeRun(planOf(LOOP, { each: { disabled: true } }));
    expect(await run.start({ no: 'array' })).toMatchObject({ value: { results: [{ no: 'array' }], succeeded: 1 } });
    expect(run.called).toEqual(['each', 'a|0', 'end|0', 'z']);
  });

  it('stops between two items of a run that is halted', async () => {
    const run: FakeRun = new FakeRun(planOf(LOOP), {
      each: [1, 2, 3],
      'a|1': () => {
        run.halted = true;
        return at('out')();
      },
    });
    await expect(run.start()).rejects.toThrow('halted');
    expect(run.called).toEqual(['each', 'a|0', 'end|0', 'a|1', 'end|1']);
  });

  it('goes on from the latest time that something in it was kept', async () => {
    const kept = (clock: number) => (): Outcome => ({ emissions: [{ port: 'out', value: clock }], clock });
    const clocks: number[] = [];
    const end = ({ frame, inputs }: Given): Outcome => {
      clocks.push(frame.clock);
      return { emissions: [{ port: 'out', value: null }], clock: inputs[0]!.clock };
    };
    const run = new FakeRun(planOf(LOOP), { each: [1, 2, 3], 'a|0': kept(30), 'a|1': kept(20), 'a|2': kept(40), end });
    expect(await run.start()).toMatchObject({ clock: 40 });
    expect(clocks).toEqual([0, 30, 30]);
  });
});

describe('whatever the graph', () => {
  /** Edges lead from lower numbers to higher ones; each leaves its node at one of two ports. */
  const graphs = fc.integer({ min: 1, max: 14 }).chain((size) =>
    fc.record({
      edges: fc.uniqueArray(
        fc.tuple(fc.nat({ max: size - 1 }), fc.integer({ min: 1, max: size }), fc.boolean()).filter(([a, b]) => a < b),
        { maxLength: 40 },
      ),
      taken: fc.array(fc.constantFrom<'true' | 'false' | 'both' | 'none'>('true', 'false', 'both', 'none'), {
        minLength: size + 1,
        maxLength: size + 1,
      }),
      late: fc.array(fc.boolean(), { minLength: size + 1, maxLength: size + 1 }),
    }),
  );

  it('every node runs once that a way leads to, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ edges, taken, late }) => {
        // What nothing leads to hangs at the trigger, as the rules of pipelines demand.
        const ids = taken.map((_, index) => index);
        const rootless = ids.filter((id) => !edges.some(([, target]) => target === id));
        const ways = [
          ...rootless.map((id) => `start > if-${id}`),
          ...edges.map(([source, target, port]) => `if-${source}.${String(port)} > if-${target}`),
        ];
        const portsOf = (id: number): string[] => {
          const way = taken[id]!;
          return way === 'both' ? ['true', 'false'] : way === 'none' ? [] : [way];
        };
        const behaviours = Object.fromEntries(
          ids.map((id): [string, Behaviour] => [
            `if-${id}`,
            async () => {
              if (late[id]) await new Promise(setImmediate);
              return { emissions: portsOf(id).map((port) => ({ port, value: id })), clock: 0 };
            },
          ]),
        );
        const run = new FakeRun(planOf(ways), behaviours);
        await run.start();
        const reached = new Set<number>(rootless);
        for (const id of ids) {
          const leads = edges.some(
            ([source, target, port]) => target === id && reached.has(source) && portsOf(source).includes(String(port)),
          );
          if (leads) reached.add(id);
        }
        expect(run.called.toSorted()).toEqual([...reached].map((id) => `if-${id}`).toSorted());
      }),
      { numRuns: 300 },
    );
  });
});
