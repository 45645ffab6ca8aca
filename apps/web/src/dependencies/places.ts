export interface Place {
  x: number;
  y: number;
}

/** Middles of nodes, by their keys. */
export type Places = ReadonlyMap<string, Place>;

export const NODE_WIDTH = 176;
export const NODE_HEIGHT = 36;

/** From the left and top edge, which are 0, to the others. */
export function extentOf(places: Places): { width: number; height: number } {
  let [width, height] = [0, 0];
  for (const { x, y } of places.values()) {
    width = Math.max(width, x + NODE_WIDTH / 2);
    height = Math.max(height, y + NODE_HEIGHT / 2);
  }
  return { width, height };
}
