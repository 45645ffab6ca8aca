export const AREAS = ['coil', 'discreteInput', 'holdingRegister', 'inputRegister'] as const;
export type Area = (typeof AREAS)[number];

/** What one request can bring, by the standard: bits or registers. */
export const MOST_READ: Record<Area, number> = {
  coil: 2_000,
  discreteInput: 2_000,
  holdingRegister: 125,
  inputRegister: 125,
};

/** A piece of a table. */
export interface Piece {
  unitId: number;
  area: Area;
  address: number;
  /** Bits or registers. */
  quantity: number;
}
