import type { Contribution, Dependent } from '#platform/dependencies';

const MOST_PLACES = 10;

/** Contributions as columns. Several references to the same are one, with all their places. */
export function rowsOf(contributions: readonly Contribution[]) {
  const entities = contributions.map(({ entity }) => entity);
  const references = contributions.flatMap(({ entity, references }) => {
    const merged = new Map<string, { kind: string; type: string; key: string; via: Set<string> }>();
    for (const { kind, type, key, via } of references) {
      const place = `${kind} ${type} ${key}`;
      const known = merged.get(place) ?? { kind, type, key, via: new Set<string>() };
      if (known.via.size < MOST_PLACES) known.via.add(via);
      merged.set(place, known);
    }
    return [...merged.values()].map((reference) => ({ entity, ...reference }));
  });
  return {
    entities: [
      entities.map(({ type }) => type),
      entities.map(({ key }) => key),
      entities.map(({ id }) => id),
      entities.map(({ name }) => name),
    ] as const,
    references: [
      references.map(({ entity }) => entity.type),
      references.map(({ entity }) => entity.key),
      references.map(({ kind }) => kind),
      references.map(({ type }) => type),
      references.map(({ key }) => key),
      references.map(({ via }) => JSON.stringify([...via])),
    ] as const,
  };
}

const busyness = ({ weight }: Dependent): number =>
  (weight?.runsLastHour ?? 0) + (weight?.messagesLastHour ?? 0) + (weight?.openNow ?? 0);

export const busiestFirst = (a: Dependent, b: Dependent): number => busyness(b) - busyness(a);
