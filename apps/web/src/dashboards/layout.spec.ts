import type { Panel, Position } from '../api/types';
import { compact, fitted, freePosition, inReadingOrder, place, stepped } from './layout';

const panel = (id: string, x: number, y: number, w = 12, h = 4): Panel => ({
  id,
  title: id,
  type: 'line',
  position: { x, y, w, h },
  queries: [],
  options: {},
});
const at = (panels: Panel[]): Record<string, [number, number]> =>
  Object.fromEntries(panels.map(({ id, position }) => [id, [position.x, position.y]]));

describe('the grid', () => {
  it.each<[Position, Position]>([
    [
      { x: -3, y: -1, w: 1, h: 0 },
      { x: 0, y: 0, w: 2, h: 2 },
    ],
    [
      { x: 20.4, y: 2.6, w: 12, h: 90 },
      { x: 12, y: 3, w: 12, h: 50 },
    ],
  ])('keeps panels within it: %j', (wanted, got) => {
    expect(fitted(wanted)).toEqual(got);
  });

  it('makes room for a panel that is moved', () => {
    const panels = [panel('a', 0, 0), panel('b', 12, 0), panel('c', 0, 4)];
    expect(at(place(panels, 'c', { x: 0, y: 0, w: 12, h: 4 }))).toEqual({ a: [0, 4], b: [12, 0], c: [0, 0] });
    expect(at(place(panels, 'a', { x: 12, y: 0, w: 12, h: 4 }))).toEqual({ a: [12, 0], b: [12, 4], c: [0, 0] });
  });

  it('makes room for a panel that grows', () => {
    const panels = [panel('a', 0, 0), panel('b', 12, 0)];
    expect(at(place(panels, 'a', { x: 0, y: 0, w: 24, h: 6 }))).toEqual({ a: [0, 0], b: [12, 6] });
  });

  it('moves panels past one another step by step', () => {
    const panels = [panel('a', 0, 0), panel('c', 0, 4)];
    const down = (y: number): Position => ({ x: 0, y, w: 12, h: 4 });
    expect(at(stepped(panels, 'a', down))).toEqual({ a: [0, 4], c: [0, 0] });
    expect(at(stepped(panels, 'c', (steps) => down(4 - steps)))).toEqual({ a: [0, 4], c: [0, 0] });
    expect(stepped([panels[0]!], 'a', () => down(0))).toEqual([panels[0]]);
  });

  it('leaves no overlap and no hole', () => {
    expect(at(compact([panel('a', 0, 3), panel('b', 6, 3), panel('c', 0, 20)]))).toEqual({
      a: [0, 0],
      b: [6, 4],
      c: [0, 8],
    });
  });

  it('has room below, and an order to read in', () => {
    const panels = [panel('b', 0, 4), panel('c', 12, 0), panel('a', 0, 0)];
    expect(freePosition(panels, 12, 8)).toEqual({ x: 0, y: 8, w: 12, h: 8 });
    expect(inReadingOrder(panels).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });
});
