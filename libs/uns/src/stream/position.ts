import { decodeCursor, encodeCursor } from '#kernel';

/** A lane that nobody has written to for so long is forgotten, with its last row. */
export const LANE_MINUTES = 60;

/** How far a listener has come in each lane of its organization's feed. */
export class Position {
  private readonly lanes: Map<number, number>;
  /** The lane of the last row. */
  private latest: number | undefined;

  /** @param time of the last row, epoch milliseconds. */
  constructor(
    lanes: Iterable<readonly [lane: number, seq: number]>,
    public time: number,
  ) {
    this.lanes = new Map(lanes);
  }

  /** The last one seen of a lane; 0 for lanes that began later. */
  of(lane: number): number {
    return this.lanes.get(lane) ?? 0;
  }

  /** Lanes end with their writers: the one that has been still for longest is forgotten when there are too many. */
  advance(lane: number, seq: number, time: number): void {
    this.lanes.delete(lane);
    this.lanes.set(lane, seq);
    if (this.lanes.size > MOST_LANES) this.lanes.delete(this.lanes.keys().next().value!);
    this.latest = lane;
    this.time = time;
  }

  /** Whether the feed was emptied since its last row, by what is in it now: of every lane the last row stays. */
  isGoneFrom(now: Position): boolean {
    const isYoung = this.time > Date.now() - (LANE_MINUTES / 2) * 60_000;
    return this.latest !== undefined && isYoung && now.of(this.latest) === 0;
  }

  entries(): [lanes: number[], seqs: number[]] {
    return [[...this.lanes.keys()], [...this.lanes.values()]];
  }

  /** As clients give it back in `Last-Event-ID`. */
  encode(): string {
    return encodeCursor([this.time, ...[...this.lanes].flat()]);
  }

  /** undefined for what is none of ours. */
  static decode(text: string): Position | undefined {
    const [time, ...rest] = decodeCursor(text) ?? [];
    const numbers = rest.filter((part): part is number => Number.isSafeInteger(part));
    if (!Number.isSafeInteger(time) || numbers.length !== rest.length || rest.length % 2 !== 0) return undefined;
    if (numbers.length > 2 * MOST_LANES) return undefined;
    const lanes = numbers.flatMap((lane, index) => (index % 2 === 0 ? [[lane, numbers[index + 1]!] as const] : []));
    const position = new Position(lanes, time as number);
    position.latest = lanes.at(-1)?.[0];
    return position;
  }
}

/** Writers of all processes together, the ended ones of the last minutes among them. */
const MOST_LANES = 200;
