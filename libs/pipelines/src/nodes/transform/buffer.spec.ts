import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { failureOf, keptState, runNode } from '../test-call';
import { BufferNode } from './buffer.node';
import { addTo, sizeOf, type BufferState } from './buffered';

describe('transform.buffer', () => {
  const node = new BufferNode();

  /** What each of the runs lets go on, and what is left. */
  async function runs(parameters: object, inputs: JsonValue[]) {
    const state = keptState();
    const given: (JsonValue | undefined)[] = [];
    for (const value of inputs) {
      const result = await runNode(node, parameters, { ...state.call, values: [value] });
      if (result.kind !== 'emit') throw new Error(result.kind);
      given.push(result.emissions[0]?.value);
    }
    return [given, (state.current() as unknown as BufferState | null)?.buffer];
  }

  it.each<[object, JsonValue[], JsonValue[]]>([
    [{ maxCount: 3 }, [1, 2, 3, 4], [[undefined, undefined, [1, 2, 3], undefined], [4]] as never],
    [{ maxCount: 2 }, [[1, 2, 3], [], null], [[[1, 2, 3], undefined, undefined], [null]] as never],
    [
      { maxCount: 3, mode: 'sliding' },
      [1, [2, 3], 4, [5, 6, 7, 8]],
      [
        [undefined, [1, 2, 3], [2, 3, 4], [6, 7, 8]],
        [6, 7, 8],
      ] as never,
    ],
    // "aaaa" is six bytes of JSON.
    [{ maxBytes: 12 }, ['aaaa', 'b', 'cccc'], [[undefined, undefined, ['aaaa', 'b', 'cccc']], []] as never],
    [
      { maxBytes: 9, mode: 'sliding' },
      ['aaaa', 'b', 'cc'],
      [
        [undefined, ['aaaa', 'b'], ['b', 'cc']],
        ['b', 'cc'],
      ] as never,
    ],
    [
      { maxBytes: 6, overflow: 'passthrough' },
      ['a', ['b', 'large enough']],
      [[undefined, ['b', 'large enough']], ['a']] as never,
    ],
    [
      { maxBytes: 9, overflow: 'emitSolo' },
      ['a', ['b', 'large enough'], 'ccc'],
      [[undefined, ['large enough'], ['a', 'b', 'ccc']], []] as never,
    ],
    [
      { maxCount: 2, maxBytes: 9, overflow: 'emitSolo' },
      ['a', ['large enough', 'b']],
      [[undefined, ['a', 'b', 'large enough']], []] as never,
    ],
  ])('%j of %j', async (parameters, inputs, outcome) => {
    expect(await runs(parameters, inputs)).toEqual(outcome);
  });

  it('refuses an item that can never fit, and adds nothing', async () => {
    const state = keptState();
    expect(await failureOf(node, { maxBytes: 5 }, { ...state.call, values: [['a', 'äääää']] })).toBe(
      'An item of 12 bytes is larger than 5',
    );
    expect(state.current()).toBeNull();
  });

  it('never keeps more than 25 MiB', async () => {
    const [given, left] = await runs({ maxCount: 10_000 }, Array<JsonValue>(6).fill('x'.repeat(5 * 1024 * 1024)));
    expect((given as unknown[]).map((batch) => (batch as unknown[] | undefined)?.length)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      5,
      undefined,
    ]);
    expect(left).toHaveLength(1);
  });

  it('begins anew where it finds what it has not kept', async () => {
    for (const strange of ['x', { buffer: 5, totalBytes: 0 }, [1]]) {
      const kept: JsonValue[] = [];
      const withState = (work: (state: JsonValue) => { state: JsonValue; result: never }) => {
        const { state, result } = work(strange);
        kept.push(state);
        return Promise.resolve(result);
      };
      await runNode(node, {}, { withState: withState as never, values: [1] });
      expect(kept).toEqual([{ buffer: [1], totalBytes: 1 }]);
    }
  });

  it('loses nothing and changes no order where it collects, and knows its size', () => {
    const limits = { mode: 'collect', maxCount: 5, maxBytes: 100 } as const;
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { maxLength: 4 })), (arrivals) => {
        let state: BufferState = { buffer: [], totalBytes: 0 };
        const gone: JsonValue[] = [];
        for (const items of arrivals) {
          const next = addTo(state, items, limits);
          gone.push(...(next.batch ?? []));
          state = next.state;
          expect(state.totalBytes).toBe(state.buffer.reduce((sum: number, item) => sum + sizeOf(item), 0));
          expect(state.buffer.length).toBeLessThan(5);
        }
        expect([...gone, ...state.buffer]).toEqual(arrivals.flat());
      }),
    );
  });
});
