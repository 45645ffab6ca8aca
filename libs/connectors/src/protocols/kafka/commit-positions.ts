export interface Position {
  topic: string;
  partition: number;
  /** The next one to read. */
  offset: bigint;
}

interface Partition extends Position {
  /** Offsets under way, the lowest first, and whether each is done. */
  underWay: Map<bigint, boolean>;
  changed: boolean;
}

/** Up to where each partition may be committed: everything before that offset is done, in whatever order that was. */
export class CommitPositions {
  private readonly partitions = new Map<string, Partition>();

  /** Offsets of a partition begin in their order. */
  begin(topic: string, partition: number, offset: bigint): void {
    const key = `${topic}/${partition}`;
    let found = this.partitions.get(key);
    if (!found) {
      found = { topic, partition, offset, underWay: new Map(), changed: false };
      this.partitions.set(key, found);
    }
    found.underWay.set(offset, false);
  }

  done(topic: string, partition: number, offset: bigint): void {
    const found = this.partitions.get(`${topic}/${partition}`);
    if (found?.underWay.has(offset) !== true) return;
    found.underWay.set(offset, true);
    for (const [first, isDone] of found.underWay) {
      if (!isDone) return;
      found.underWay.delete(first);
      found.offset = first + 1n;
      found.changed = true;
    }
  }

  /** What is to be committed since it was asked last. */
  take(): Position[] {
    const changed = [...this.partitions.values()].filter((partition) => partition.changed);
    changed.forEach((partition) => (partition.changed = false));
    return changed.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
  }
}
