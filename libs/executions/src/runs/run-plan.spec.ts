import type { DefinedNode } from '#pipelines';
import type { PlannedScope } from './run-plan';
import { planOf } from './test-plan';

const waits = ({ waitsFor }: PlannedScope): Record<string, number> => Object.fromEntries(waitsFor);

describe('a plan', () => {
  it('knows for how many ways each node waits', () => {
    const { top } = planOf(['start > a', 'start > b', 'a > c', 'b > c', 'c > d']);
    expect(waits(top)).toEqual({ start: 0, a: 1, b: 1, c: 2, d: 1 });
  });

  it('puts what runs for each item into the scope of its loop, and what follows the end outside', () => {
    const { top, nodes } = planOf(['start > each', 'each > a', 'each > b', 'a > end', 'b > end', 'end > z']);
    expect(waits(top)).toEqual({ start: 0, each: 1, z: 1 });
    const { endId, scope, stopOnError } = nodes.get('each')!.loop!;
    expect([endId, stopOnError, waits(scope)]).toEqual(['end', true, { a: 1, b: 1, end: 2 }]);
  });

  it('puts each node into the innermost of its loops', () => {
    const { top, nodes } = planOf([
      'start > each-1',
      'each-1 > a',
      'a > each-2',
      'each-2 > b',
      'b > end-2',
      'end-2 > c',
      'a > c',
      'c > end-1',
    ]);
    expect(Object.keys(waits(top))).toEqual(['start', 'each-1']);
    expect(waits(nodes.get('each-1')!.loop!.scope)).toEqual({ a: 1, 'each-2': 1, c: 2, 'end-1': 1 });
    expect(waits(nodes.get('each-2')!.loop!.scope)).toEqual({ b: 1, 'end-2': 1 });
  });

  it('takes what a node does not say from the pipeline', () => {
    const settings: DefinedNode['settings'] = {
      timeoutSeconds: 5,
      retryOnFail: { attempts: 3, delayMs: 10, backoff: 'exponential' },
      retryOnTimeout: false,
      onError: 'continue',
    };
    const { nodes } = planOf(['start > a', 'a > b'], { a: { settings } });
    expect(nodes.get('a')).toMatchObject({
      timeoutMs: 5_000,
      retry: settings.retryOnFail,
      retryOnTimeout: false,
      continues: true,
    });
    expect(nodes.get('b')).toMatchObject({
      timeoutMs: 60_000,
      retry: { attempts: 1 },
      retryOnTimeout: true,
      continues: false,
    });
  });

  it('knows which nodes an expression asks for', () => {
    const asking = (value: string) => ({ b: { parameters: { value } } });
    const mentions = (value: string) => planOf(['start > a', 'a > b'], asking(value)).nodes.get('b')!.mentions;
    expect(mentions('{{ $node["a"].x + $node.start.y }}')).toEqual(new Set(['a', 'start']));
    expect(mentions('{{ $trigger.x }}')).toEqual(new Set());
    expect(mentions('{{ $node[$trigger.x] }}')).toBeUndefined();
  });

  it('keeps results where a node does something outside, and leaves disabled triggers out', () => {
    expect(planOf(['start > a']).keepsResults).toBe(false);
    expect(planOf(['start > effect']).keepsResults).toBe(true);
    const { triggers } = planOf(['start-1 > a', 'start-2 > a'], { 'start-1': { disabled: true } });
    expect(triggers.map(({ node }) => node.id)).toEqual(['start-2']);
  });

  it('is none of types that are not there', () => {
    expect(() => planOf(['start > a'], { a: { type: 'test.gone' } })).toThrow('Node type test.gone is not known here');
  });
});
