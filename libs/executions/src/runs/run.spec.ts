import type { JsonValue } from '#kernel';
import { NodeError, type NodeCall, type NodeResult } from '#pipelines';
import { RunHistory } from '../history/run-history';
import { placeOf, type Checkpoint, type ClaimedRun, type KeptResult, type Pending } from './claimed-run';
import { Run } from './run';
import type { RunPlan } from './run-plan';
import type { RunServices } from './run-services';
import { LeaseLost } from './run-store';
import { planOf } from './test-plan';

const STARTED = Date.now();
const out = (value: JsonValue): NodeResult => ({ kind: 'emit', emissions: [{ port: 'out', value }] });

type Work = (call: NodeCall) => NodeResult | Promise<NodeResult>;

/** What outlives the work of one process on a run: results that were kept, a second apart. */
class Kept {
  readonly checkpoints = new Map<string, Checkpoint>();
  now = STARTED;

  result(place: string, result: KeptResult): number {
    this.now += 1_000;
    this.checkpoints.set(place, { kind: 'result', at: this.now, result });
    return this.now;
  }

  pending(place: string, pending: Pending): void {
    this.checkpoints.set(place, { kind: 'pending', at: this.now, pending });
  }
}

interface Given {
  ways: readonly string[];
  works?: Record<string, Work>;
  kept?: Kept;
  changes?: Parameters<typeof planOf>[1];
  claimed?: Partial<ClaimedRun>;
}

/** A run with nodes that do what the test says, and the calls of them. */
function runOf({ ways, works = {}, kept = new Kept(), changes, claimed = {} }: Given) {
  const calls: NodeCall[] = [];
  const original = planOf(ways, changes);
  for (const [id, planned] of original.nodes) {
    const run: Work = (call) => {
      calls.push(call);
      return works[id]?.(call) ?? out(call.inputs[0]?.value ?? null);
    };
    planned.type = { ...planned.type, run };
  }
  const definition = { ...original.definition, executionMode: 'parallel', timeoutSeconds: 3_600 } as const;
  const plan: RunPlan = { ...original, definition };
  const services: RunServices = {
    evaluators: () => ({
      expressions: { evaluateAll: () => Promise.resolve([]) },
      scripts: { evaluateAll: () => Promise.resolve([]) },
    }),
    keepResult: (nodeId, iteration, result) => Promise.resolve(kept.result(placeOf(nodeId, iteration), result)),
    keepPending: (nodeId, iteration, pending) => Promise.resolve(kept.pending(placeOf(nodeId, iteration), pending)),
    withState: () => Promise.reject(new Error('no node keeps a state here')),
    callPipeline: () => Promise.resolve('called'),
    calledRun: () => Promise.resolve(undefined),
    ended: () => ({ ended: Promise.resolve(), forget: () => undefined }),
    respond: () => Promise.resolve(),
  };
  const whole: ClaimedRun = {
    id: 'run-1',
    organizationId: 'org',
    fence: 1,
    pipelineId: 'pipeline',
    pipelineVersion: 1,
    trigger: 'manual',
    triggerNodeId: 'start',
    chainDepth: 0,
    historyDetail: 'full',
    parentId: null,
    awaited: false,
    cancel: false,
    startedAt: new Date(STARTED),
    momentId: 'run-1',
    momentAt: new Date(STARTED),
    input: null,
    checkpoints: kept.checkpoints,
    ...claimed,
  };
  const history = new RunHistory('full', false);
  return { run: new Run(whole, plan, services, history), calls, kept, history };
}

const momentsOf = (calls: readonly NodeCall[]) =>
  Object.fromEntries(calls.map(({ effectKey, moment }) => [effectKey.replace(/^[^/]+\//, ''), moment]));

describe('a run', () => {
  const LOOP = ['start > each', 'each > a', 'a > effect', 'effect > b', 'b > end', 'end > z'];
  const each = (): NodeResult => out([1, 2]);

  it('shows its nodes the time at which what led to them was kept', async () => {
    const { run, calls } = runOf({ ways: ['start > a', 'a > effect', 'effect > b', 'a > c', 'b > d', 'c > d'] });
    expect(await run.execute()).toEqual({ kind: 'ended', status: 'completed' });
    const seconds = Object.entries(momentsOf(calls)).map(([id, { now }]) => [id, (now - STARTED) / 1_000]);
    expect(Object.fromEntries(seconds)).toEqual({ a: 0, effect: 0, b: 1, c: 0, d: 1 });
  });

  it('computes the same again when it is taken up by another, and does nothing twice', async () => {
    const kept = new Kept();
    const whole = { ways: LOOP, works: { each }, kept };
    const first = runOf({
      ...whole,
      works: { each, z: () => Promise.reject(new NodeError('not yet', undefined, false)) },
    });
    expect(await first.run.execute()).toMatchObject({ kind: 'ended', status: 'failed' });
    const second = runOf(whole);
    expect(await second.run.execute()).toMatchObject({ status: 'completed' });
    const [before, after] = [momentsOf(first.calls), momentsOf(second.calls)];
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['effect/0', 'effect/1']));
    const pure = Object.entries(before).filter(([place]) => !place.startsWith('effect'));
    expect(after).toEqual(Object.fromEntries(pure));
  });

  it('has other random numbers at each place, and those of the run that it retries', async () => {
    const first = runOf({ ways: LOOP, works: { each } });
    await first.run.execute();
    const seeds = Object.values(momentsOf(first.calls)).map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(seeds.length);
    const retry = runOf({ ways: LOOP, works: { each }, claimed: { id: 'run-2', momentId: 'run-1' } });
    await retry.run.execute();
    const other = runOf({ ways: LOOP, works: { each }, claimed: { id: 'run-3', momentId: 'run-3' } });
    await other.run.execute();
    const seedsOf = (calls: readonly NodeCall[]) => Object.values(momentsOf(calls)).map(({ seed }) => seed);
    expect(seedsOf(retry.calls)).toEqual(seeds);
    expect(seedsOf(other.calls)).not.toEqual(seeds);
  });

  it('tries again so often as the node says, with the same key and the same time', async () => {
    const changes = { effect: { settings: { retryOnFail: { attempts: 3, delayMs: 1, backoff: 'fixed' as const } } } };
    const works = { effect: () => Promise.reject(new NodeError('busy')) };
    const { run, calls } = runOf({ ways: ['start > effect'], works, changes });
    expect(await run.execute()).toMatchObject({ status: 'failed', error: { message: 'busy', nodeId: 'effect' } });
    expect(calls.map(({ attempt, effectKey }) => [attempt, effectKey])).toEqual([
      [1, 'run-1/effect'],
      [2, 'run-1/effect'],
      [3, 'run-1/effect'],
    ]);
    expect(new Set(calls.map(({ moment }) => JSON.stringify(moment))).size).toBe(1);
  });

  it('is laid down by a long wait, and goes on with what the wait was to give', async () => {
    const kept = new Kept();
    const rest: Work = () => ({ kind: 'wait', milliseconds: 60_000, value: 'rested' });
    const ways = ['start > effect', 'effect > b'];
    const first = runOf({ ways, works: { effect: rest }, kept });
    const end = await first.run.execute();
    expect(end).toMatchObject({ kind: 'parked', called: 0 });
    const { pending } = kept.checkpoints.get('effect') as { pending: Pending };
    expect(pending).toEqual({ until: expect.any(Number), value: 'rested', attempts: 1 });
    kept.pending('effect', { ...pending, until: Date.now() });
    const second = runOf({ ways, works: { effect: rest }, kept });
    expect(await second.run.execute()).toMatchObject({ status: 'completed' });
    expect(second.calls.map(({ node, inputs }) => [node.id, inputs[0]!.value])).toEqual([['b', 'rested']]);
    expect(second.run.lastOutput).toBe('rested');
  });

  it('rests no longer in a loop beside which something failed', async () => {
    const inside = Promise.withResolvers<void>();
    const rest: Work = () => {
      inside.resolve();
      return { kind: 'wait', milliseconds: 3_600_000, value: null };
    };
    const bad: Work = async () => {
      await inside.promise;
      throw new NodeError('beside', undefined, false);
    };
    const ways = ['start > each', 'each > effect', 'effect > end', 'start > bad'];
    const { run } = runOf({ ways, works: { each, effect: rest, bad } });
    expect(await run.execute()).toMatchObject({ status: 'failed', error: { message: 'beside' } });
  });

  it('ends where a node says so, and does nothing after it', async () => {
    const works = { effect: (): NodeResult => ({ kind: 'stop', status: 'completed', message: 'enough' }) };
    const { run, calls } = runOf({ ways: ['start > effect', 'effect > b'], works });
    expect(await run.execute()).toEqual({ kind: 'ended', status: 'completed' });
    expect(calls.map(({ node }) => node.id)).toEqual(['effect']);
  });

  it('is given up without an end where somebody else has it by now', async () => {
    const { run, kept } = runOf({ ways: ['start > effect'] });
    kept.result = () => {
      throw new LeaseLost();
    };
    expect(await run.execute()).toEqual({ kind: 'lost' });
  });

  it('is cancelled in the middle of a node', async () => {
    const begun = Promise.withResolvers<void>();
    const works = {
      effect: (): Promise<NodeResult> => {
        begun.resolve();
        return new Promise(() => undefined);
      },
    };
    const { run } = runOf({ ways: ['start > effect', 'effect > b'], works });
    const ended = run.execute();
    await begun.promise;
    run.cancel();
    expect(await ended).toEqual({ kind: 'ended', status: 'cancelled' });
  });

  it('fails where its trigger is not in the pipeline any more', async () => {
    const { run } = runOf({ ways: ['start > a'], claimed: { triggerNodeId: 'gone' } });
    expect(await run.execute()).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('trigger') },
    });
  });
});
