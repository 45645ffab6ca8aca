import { keyText, type Contribution, type EntityKey } from '#platform/dependencies';

/** What the index is told at once. */
export interface Gathered {
  kept: readonly Contribution[];
  removed: readonly EntityKey[];
  /** What has to be there still. */
  expected: readonly EntityKey[];
}

/** What the index is told in one piece of work; of each entity the last word alone. */
export class Gathering {
  private readonly kept = new Map<string, Contribution>();
  private readonly removed = new Map<string, EntityKey>();
  private readonly expected = new Map<string, EntityKey>();

  constructor(readonly organizationId: string) {}

  keep(contributions: readonly Contribution[], expected: readonly EntityKey[] = []): void {
    for (const contribution of contributions) {
      const key = keyText(contribution.entity);
      this.removed.delete(key);
      this.kept.set(key, contribution);
    }
    for (const entity of expected) this.expected.set(keyText(entity), entity);
  }

  remove(entities: readonly EntityKey[]): void {
    for (const entity of entities) {
      const key = keyText(entity);
      this.kept.delete(key);
      this.removed.set(key, entity);
    }
  }

  /** Gives everything, and begins anew. */
  take(): Gathered {
    const taken = {
      kept: [...this.kept.values()],
      removed: [...this.removed.values()],
      expected: [...this.expected.values()],
    };
    for (const gathered of [this.kept, this.removed, this.expected]) gathered.clear();
    return taken;
  }
}
