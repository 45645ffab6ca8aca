import type { PipelineNode } from '#pipelines';
import { RunHistory, type NodeEvent } from './run-history';

const node = (id: string): PipelineNode => ({ id, name: id, type: 'test', parameters: {}, disabled: false });
const event = (more: Partial<NodeEvent> = {}): NodeEvent => ({
  startedAt: 0,
  durationMs: 1,
  attempts: 1,
  reused: false,
  input: { given: 1 },
  emissions: [{ port: 'out', value: 2 }],
  error: undefined,
  ...more,
});
const failure = event({ emissions: [], error: { message: 'no' } });

describe('history of a run', () => {
  it.each([
    ['minimal', []],
    ['standard', [{ nodeId: 'a', input: null, output: null }]],
    ['full', [{ nodeId: 'a', input: '{"given":1}', output: '2', ports: ['out'] }]],
  ] as const)('that is %s keeps so much', (detail, rows) => {
    const history = new RunHistory(detail, false);
    history.node(node('a'), '', event());
    expect(history.take(true)).toMatchObject(rows);
    expect(history.notes).toBeNull();
  });

  it('keeps the first iterations of a long loop, as many failures again, and all that is outside', () => {
    const history = new RunHistory('standard', false);
    for (let index = 0; index < 6_000; index++) history.node(node('in'), String(index), event());
    for (let index = 0; index < 6_000; index++) history.node(node('bad'), String(index), failure);
    history.node(node('after'), '', event());
    const rows = history.take(true);
    const count = (id: string): number => rows.filter(({ nodeId }) => nodeId === id).length;
    expect([count('in'), count('bad'), count('after')]).toEqual([5_000, 5_000, 1]);
    expect(history.notes).toEqual({ nodesNotKept: 2_000 });
  });

  it('leaves out data once there is much of it, and says so', () => {
    const history = new RunHistory('full', false);
    const large = event({ input: 'x'.repeat(60_000) });
    for (let index = 0; index < 200; index++) history.node(node('in'), String(index), large);
    const rows = history.take(true);
    expect(rows).toHaveLength(200);
    expect(rows.filter(({ input }) => input !== null).length).toBeLessThan(150);
    expect(history.notes).toEqual({ dataNotKept: true });
  });

  it('writes nothing down of a run under way that may hold secrets, and no data at its rest', () => {
    const history = new RunHistory('full', true);
    history.node(node('a'), '', event());
    expect(history.take(false)).toEqual([]);
    expect(history.takeForRest()).toMatchObject([{ nodeId: 'a', input: null, output: null }]);
    expect(history.notes).toEqual({ dataWithheld: true });
  });

  it('masks what turned out to be secret', () => {
    const history = new RunHistory('full', true);
    history.node(node('a'), '', event({ input: 'the password is s3cret!' }));
    history.secrets.add(['s3cret!']);
    expect(history.take(true)).toMatchObject([{ input: '"the password is ********"' }]);
  });

  it('keeps the status alone where the organization has as much as it may', () => {
    const history = new RunHistory('full', false, true);
    history.node(node('a'), '', event());
    expect([history.take(true), history.notes]).toEqual([[], { overBudget: true }]);
  });

  it('gives each row once, and again what could not be written', () => {
    const history = new RunHistory('full', false);
    history.node(node('a'), '', event());
    const taken = history.take(false);
    expect(history.take(false)).toEqual([]);
    history.giveBack(taken);
    history.node(node('b'), '', event());
    expect(history.take(true).map(({ nodeId }) => nodeId)).toEqual(['a', 'b']);
  });
});
