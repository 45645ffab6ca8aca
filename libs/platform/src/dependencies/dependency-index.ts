import { conflict } from '#kernel';
import type { Dependent, Dependents, GuardQuery } from './dto/dependents.dto';
import type { Contribution, EntityKey } from './reference';

/** What a change takes away from those that depend on it. */
export interface Guarded extends EntityKey {
  /** As the refusal calls it: `Pipeline`. */
  label: string;
  /** Everything that is there below its path (`<key>/…`) goes with it. */
  branch?: boolean;
}

/** Dependents that are told of one change. */
export const MOST_DEPENDENTS = 100;

/**
 * Who refers to whom, in each organization. Implemented by the dependencies area; called by whoever changes something, in
 * the transaction of the change, so that the graph is never another than the configuration.
 */
export abstract class DependencyIndex {
  /**
   * Makes the graph say of these entities what they are and refer to now. Called for each new and changed one.
   * @param expected what they refer to and was there when the change began, as `present` said.
   * @throws DomainError `conflict` where any of that is gone by now, although nobody had to be asked.
   */
  abstract keep(
    organizationId: string,
    contributions: readonly Contribution[],
    expected?: readonly EntityKey[],
  ): Promise<void>;

  /**
   * Those of them that are there, but for types that are named by paths. To be asked before a change looks whether it may
   * refer to them: what goes between that and `keep` would leave a reference behind that nobody was asked about.
   */
  abstract present(organizationId: string, entities: readonly EntityKey[]): Promise<EntityKey[]>;

  /** The entities are gone. What others still say of them leads nowhere from then on. */
  abstract remove(organizationId: string, entities: readonly EntityKey[]): Promise<void>;

  /** Who breaks without it or one of its parts, those used most first; at most 100. Nobody can begin to meanwhile. */
  abstract dependents(organizationId: string, guarded: Guarded): Promise<Dependent[]>;

  /**
   * Does what others may stand against, in the caller's transaction: nothing but tell them with `dryRun`, and whoever
   * depends on it with `force`; both answer who does.
   * @throws DomainError `conflict` with `details.dependents` where there are any and it is not forced.
   */
  async guard<T>(
    organizationId: string,
    guarded: Guarded,
    { force = false, dryRun = false }: GuardQuery,
    work: () => Promise<T>,
  ): Promise<T | Dependents> {
    const dependents = await this.dependents(organizationId, guarded);
    if (dryRun) return { dependents };
    if (dependents.length > 0 && !force) throw inUse(guarded, dependents);
    const result = await work();
    return force ? { dependents } : result;
  }
}

function inUse({ label }: Guarded, dependents: Dependent[]) {
  const message = `${label} is used by ${inWords(dependents)}; with force=true it is done all the same`;
  return conflict(message, { dependents });
}

/** `pipeline Line 1 and 3 more`; of as many as are told at most, nobody has counted the others. */
export function inWords([first, ...others]: readonly Dependent[]): string {
  const counted = others.length + 1 < MOST_DEPENDENTS ? `${others.length}` : `at least ${others.length}`;
  return `${first!.type} ${first!.name}${others.length > 0 ? ` and ${counted} more` : ''}`;
}
