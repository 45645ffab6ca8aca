import type { DefinedNode } from '#pipelines';
import { requireRetryable, sameNodes } from './retry-rules';

const NOW = Date.parse('2026-05-20T00:00:00Z');
const DAY = 86_400_000;
const input = { value: null };
const ended = (days: number) => new Date(NOW - days * DAY);

describe('a retry', () => {
  it.each([
    ['failed', 'failed', 1],
    ['completed_with_errors', 'failed', 6],
    ['failed', 'start', 20],
    ['cancelled', 'start', 1],
    ['completed', 'start', 1],
  ] as const)('of one that is %s goes from %s after %i days', (status, from, days) => {
    expect(() => requireRetryable({ status, finishedAt: ended(days), input }, from, NOW)).not.toThrow();
  });

  it.each([
    ['queued', 'start', 0, input, /has not ended/],
    ['completed', 'failed', 1, input, /was completed: there is nothing to go on from/],
    ['cancelled', 'failed', 1, input, /was cancelled: there is nothing to go on from/],
    ['failed', 'failed', 8, input, /kept for 7 days/],
    ['completed', 'start', 1, undefined, /not kept any more/],
  ] as const)('of one that is %s is refused from %s after %i days', (status, from, days, given, message) => {
    expect(() => requireRetryable({ status, finishedAt: ended(days), input: given }, from, NOW)).toThrow(message);
  });

  it('takes over what nodes did that are still of the same type', () => {
    const nodes = (types: Record<string, string>) => ({
      nodes: Object.entries(types).map(([id, type]) => ({ id, type }) as DefinedNode),
    });
    const original = nodes({ a: 'system.uns.publish', b: 'flow.wait', c: 'flow.wait' });
    expect(sameNodes(original, nodes({ a: 'system.uns.publish', b: 'flow.stop', d: 'flow.wait' }))).toEqual(['a']);
  });
});
