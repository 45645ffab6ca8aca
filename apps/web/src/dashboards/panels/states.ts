import type { Point } from '../../api/types';
import type { Span } from '../time-range';

export interface State {
  value: unknown;
  from: number;
  to: number;
}

/** More cannot be told apart on any screen. */
const MOST = 500;

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The states of a topic within a span: each lasts until another value comes, the last until now. */
export function statesOf(points: readonly Point[], { from, to }: Span, now: number): State[] {
  const states: State[] = [];
  const end = Math.min(to, now);
  for (const [time, value] of points) {
    const before = states.at(-1);
    if (before && same(before.value, value)) continue;
    if (before) before.to = time;
    states.push({ value, from: time, to: end });
  }
  return states
    .map((state) => ({ ...state, from: Math.max(state.from, from), to: Math.min(state.to, end) }))
    .filter((state) => state.to > state.from)
    .slice(-MOST);
}
