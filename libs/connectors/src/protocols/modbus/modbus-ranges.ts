/*
 * Tags that lie side by side are read together: a device takes far longer for ten requests than for ten registers more.
 */

export const AREAS = ['coil', 'discreteInput', 'holdingRegister', 'inputRegister'] as const;
export type Area = (typeof AREAS)[number];

/** What one request can bring, by the standard: bits or registers. */
export const MOST_READ: Record<Area, number> = {
  coil: 2_000,
  discreteInput: 2_000,
  holdingRegister: 125,
  inputRegister: 125,
};

export interface Span {
  unitId: number;
  area: Area;
  address: number;
  /** Bits or registers. */
  quantity: number;
}

/** One request, and what is wanted of its answer. */
export interface Range<T extends Span> extends Span {
  spans: T[];
}

const endOf = ({ address, quantity }: Span): number => address + quantity;

/** The requests that bring these spans. Up to `maxGap` bits or registers nobody asked for are read between two of them. */
export function rangesOf<T extends Span>(spans: readonly T[], maxGap: number): Range<T>[] {
  const sorted = [...spans].sort(
    (a, b) => a.unitId - b.unitId || AREAS.indexOf(a.area) - AREAS.indexOf(b.area) || a.address - b.address,
  );
  const ranges: Range<T>[] = [];
  for (const span of sorted) {
    const last = ranges.at(-1);
    if (last && joins(last, span, maxGap)) {
      last.quantity = Math.max(endOf(last), endOf(span)) - last.address;
      last.spans.push(span);
    } else {
      const { unitId, area, address, quantity } = span;
      ranges.push({ unitId, area, address, quantity, spans: [span] });
    }
  }
  return ranges;
}

const joins = (range: Span, span: Span, maxGap: number): boolean =>
  range.unitId === span.unitId &&
  range.area === span.area &&
  span.address - endOf(range) <= maxGap &&
  endOf(span) - range.address <= MOST_READ[range.area];
