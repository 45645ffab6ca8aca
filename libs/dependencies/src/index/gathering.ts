import { keyText, type Contribution, type EntityKey } from '#platform/dependencies';

/** What the index is told in one piece of work; of each entity the last word alone. */
export class Gathering {
  private readonly kept = new Map<string, Contribution>();
  private readonly removed = new Map<string, EntityKey>();

  constructor(readonly organizationId: string) {}

  keep(contributions: readonly Contribution[]): void {
    for (const contribution of contributions) {
      const key = keyText(contribution.entity);
      this.removed.delete(key);
      this.kept.set(key, contribution);
    }
  }

  remove(entities: readonly EntityKey[]): void {
    for (const entity of entities) {
      const key = keyText(entity);
      this.kept.delete(key);
      this.removed.set(key, entity);
    }
  }

  /** Gives everything, and begins anew. */
  take(): { kept: Contribution[]; removed: EntityKey[] } {
    const taken = { kept: [...this.kept.values()], removed: [...this.removed.values()] };
    this.kept.clear();
    this.removed.clear();
    return taken;
  }
}
