import type { Panel, Position } from '../api/types';

export const COLUMNS = 24;
const MOST_ROWS = 50;
export const ROW_HEIGHT = 40;
export const GAP = 10;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** A position within the grid, at least as large as anything can be read in. */
export function fitted({ x, y, w, h }: Position): Position {
  const width = clamp(Math.round(w), 2, COLUMNS);
  return {
    x: clamp(Math.round(x), 0, COLUMNS - width),
    y: Math.max(0, Math.round(y)),
    w: width,
    h: clamp(Math.round(h), 2, MOST_ROWS),
  };
}

const overlap = (a: Position, b: Position): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const isInTheWay = (other: Position, first: Position): boolean =>
  overlap(other, first) && first.y < other.y + other.h / 2;

const inOrder = (a: Panel, b: Panel): number => a.position.y - b.position.y || a.position.x - b.position.x;

/** The panels with one of them put there: those in its way make room downwards, then all move up as far as they can. */
export function place(panels: readonly Panel[], id: string, wanted: Position): Panel[] {
  const moved = panels.map((panel) => (panel.id === id ? { ...panel, position: fitted(wanted) } : panel));
  const first = moved.find((panel) => panel.id === id);
  return first ? compact(moved, first) : moved;
}

/** One step by keyboard: as far that way as it takes to change something. */
export function stepped(panels: readonly Panel[], id: string, target: (steps: number) => Position): Panel[] {
  const before = JSON.stringify(panels.map(({ position }) => position));
  for (let steps = 1; steps <= MOST_ROWS; steps++) {
    const after = place(panels, id, target(steps));
    if (JSON.stringify(after.map(({ position }) => position)) !== before) return after;
  }
  return [...panels];
}

/** No panel overlaps another, and none has room above it. The `first` one has the first choice. */
export function compact(panels: readonly Panel[], first?: Panel): Panel[] {
  const settled: Panel[] = [];
  const order = [...panels].sort((a, b) => inOrder(a, b) || Number(b === first) - Number(a === first));
  // What is in the way of the first one comes after it, unless the first has passed its middle.
  const late = first ? order.filter((panel) => panel !== first && isInTheWay(panel.position, first.position)) : [];
  const queue = order.filter((panel) => !late.includes(panel));
  const at = first ? queue.indexOf(first) + 1 : 0;
  for (const panel of [...queue.slice(0, at), ...late, ...queue.slice(at)]) settled.push(settle(panel, settled));
  return panels.map(({ id }) => settled.find((panel) => panel.id === id)!);
}

function settle(panel: Panel, others: readonly Panel[]): Panel {
  const { x, w, h } = panel.position;
  const free = (y: number): boolean => !others.some((other) => overlap({ x, y, w, h }, other.position));
  let y = panel.position.y;
  while (!free(y)) y++;
  while (y > 0 && free(y - 1)) y--;
  return { ...panel, position: { x, y, w, h } };
}

/** Below everything there is. */
export const freePosition = (panels: readonly Panel[], w: number, h: number): Position => ({
  x: 0,
  y: Math.max(0, ...panels.map(({ position }) => position.y + position.h)),
  w,
  h,
});

/** As people read them, for one column. */
export const inReadingOrder = (panels: readonly Panel[]): Panel[] => [...panels].sort(inOrder);
