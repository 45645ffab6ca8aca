export interface Place {
  x: number;
  y: number;
}

/** Middles of nodes, by their keys. */
export type Places = ReadonlyMap<string, Place>;

export const NODE_WIDTH = 160;
export const NODE_HEIGHT = 38;

/** Where lines bend on their way, by `lineKey`. */
export type Bends = ReadonlyMap<string, readonly Place[]>;

export const lineKey = ({ source, target }: { source: string; target: string }): string => `${source} ${target}`;

/** From the left and top edge, which are 0, to the others. */
export function extentOf(places: Places): { width: number; height: number } {
  let [width, height] = [0, 0];
  for (const { x, y } of places.values()) {
    width = Math.max(width, x + NODE_WIDTH / 2);
    height = Math.max(height, y + NODE_HEIGHT / 2);
  }
  return { width, height };
}
