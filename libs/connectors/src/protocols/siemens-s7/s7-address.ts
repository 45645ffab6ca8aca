/** The memory areas by their numbers in the protocol. */
export const AREA = { I: 0x81, Q: 0x82, M: 0x83, DB: 0x84, C: 0x1c, T: 0x1d } as const;
export type Area = (typeof AREA)[keyof typeof AREA];

export interface S7Address {
  area: Area;
  /** 0 where it is no data block. */
  db: number;
  /** The first byte, or the number of a timer or counter. */
  start: number;
  /** Of a BOOL. */
  bit?: number;
  /** What the address says of the size: a bit, byte, word or double word. */
  width: 'X' | 'B' | 'W' | 'D' | undefined;
}

/** DB1.DBX0.3, DB1.DBW4 (or DB1.W4), IB2, MD8, Q0.1, T5, C3; E, A and Z are the German names. */
export const ADDRESS =
  '^(?:DB[0-9]{1,5}\\.(?:DB)?(?:X[0-9]{1,5}\\.[0-7]|[BWD][0-9]{1,5})|[IQMEA](?:X?[0-9]{1,5}\\.[0-7]|[BWD][0-9]{1,5})|[TCZ][0-9]{1,5})$';

const PARTS = /^(?:DB(\d+)\.(?:DB)?([XBWD])|([IQMEA])([XBWD]?)|([TCZ]))(\d+)(?:\.([0-7]))?$/;

const AREAS: Readonly<Record<string, Area>> = {
  I: AREA.I,
  E: AREA.I,
  Q: AREA.Q,
  A: AREA.Q,
  M: AREA.M,
  T: AREA.T,
  C: AREA.C,
  Z: AREA.C,
};

/** Undefined for what is no address. */
export function parseAddress(text: string): S7Address | undefined {
  const [, db, ofBlock, letter, ofMemory, counted, start, bit] = PARTS.exec(text) ?? [];
  if (start === undefined) return undefined;
  const area = db === undefined ? AREAS[letter ?? counted!]! : AREA.DB;
  const width = counted ? undefined : ((ofBlock ?? (ofMemory || 'X')) as S7Address['width']);
  if ((width === 'X') !== (bit !== undefined)) return undefined;
  const block = Number(db ?? 0);
  if (block > 65_535 || Number(start) > 65_535) return undefined;
  return { area, db: block, start: Number(start), ...(bit !== undefined && { bit: Number(bit) }), width };
}
