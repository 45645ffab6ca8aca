/*
 * Tags that lie side by side are read together: a device takes far longer for ten requests than for ten registers more.
 */

export interface Span {
  /** Only what lies in the same one can be read together: a unit's holding registers, a data block. */
  space: string;
  address: number;
  /** Bits, bytes or registers. */
  quantity: number;
}

/** One piece to read, and what is wanted of it. */
export interface Range<T extends Span> extends Span {
  spans: [T, ...T[]];
}

const endOf = ({ address, quantity }: Span): number => address + quantity;

export interface Joining<T> {
  /** How much that nobody asked for is read between two spans. */
  maxGap: number;
  /** How much one piece can have, by its first span. */
  most: (first: T) => number;
}

/** The pieces that bring these spans. */
export function rangesOf<T extends Span>(spans: readonly T[], { maxGap, most }: Joining<T>): Range<T>[] {
  const ranges: Range<T>[] = [];
  for (const group of Map.groupBy(spans, ({ space }) => space).values()) {
    for (const span of group.sort((a, b) => a.address - b.address)) {
      const last = ranges.at(-1);
      const joins =
        last?.space === span.space &&
        span.address - endOf(last) <= maxGap &&
        endOf(span) - last.address <= most(last.spans[0]);
      if (joins) {
        last.quantity = Math.max(endOf(last), endOf(span)) - last.address;
        last.spans.push(span);
      } else ranges.push(alone(span));
    }
  }
  return ranges;
}

export const alone = <T extends Span>(span: T): Range<T> => {
  const { space, address, quantity } = span;
  return { space, address, quantity, spans: [span] };
};
