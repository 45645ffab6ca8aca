import { keyText, type Contribution, type Dependent, type EntityKey, type ReferenceKind } from '#platform/dependencies';

/** A row of an entity: type, key, id, name. */
export type EntityRow = readonly [type: string, key: string, id: string, name: string];

/** A row of a reference. */
export type ReferenceRow = readonly [
  sourceType: string,
  sourceKey: string,
  kind: ReferenceKind,
  targetType: string,
  targetKey: string,
  via: readonly string[],
];

/** A graph as of one revision. */
export interface GraphRows {
  revision: number;
  entities: readonly EntityRow[];
  references: readonly ReferenceRow[];
}

/** What is different in it since another revision: what there is now of the entities that were made, changed or removed. */
export interface GraphChanges extends GraphRows {
  changed: readonly (readonly [type: string, key: string])[];
}

const MOST_PLACES = 10;
/** Contributions of one statement. */
const BATCH = 1_000;

/** Contributions by parts that one statement can take, of each entity the last one. */
export function batchesOf(contributions: readonly Contribution[]): Contribution[][] {
  const last = [...new Map(contributions.map((contribution) => [keyText(contribution.entity), contribution])).values()];
  return Array.from({ length: Math.ceil(last.length / BATCH) }, (_, n) => last.slice(n * BATCH, (n + 1) * BATCH));
}

/** Contributions as columns: those of entities, of references, and the entities' texts. Several to the same are one, with all places. */
export function rowsOf(contributions: readonly Contribution[]): (readonly string[])[] {
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
  return [
    entities.map(({ type }) => type),
    entities.map(({ key }) => key),
    entities.map(({ id }) => id),
    entities.map(({ name }) => name),
    references.map(({ entity }) => entity.type),
    references.map(({ entity }) => entity.key),
    references.map(({ kind }) => kind),
    references.map(({ type }) => type),
    references.map(({ key }) => key),
    references.map(({ via }) => JSON.stringify([...via])),
    entities.map(keyText),
  ];
}

/** What they refer to. */
export const targetsOf = (contributions: readonly Contribution[]): EntityKey[] =>
  inOneOrder(contributions.flatMap(({ references }) => references));

/** Types and keys, as statements take them. */
export const columnsOf = (entities: readonly EntityKey[]) =>
  [entities.map(({ type }) => type), entities.map(({ key }) => key)] as const;

/** Each once, always in the same order: that in which their rows are locked. */
export function inOneOrder(entities: readonly EntityKey[]): EntityKey[] {
  const byText = new Map(entities.map(({ type, key }) => [keyText({ type, key }), { type, key }]));
  return [...byText.keys()].sort().map((text) => byText.get(text)!);
}

const busyness = ({ weight }: Dependent): number =>
  (weight?.runsLastHour ?? 0) + (weight?.messagesLastHour ?? 0) + (weight?.openNow ?? 0);

export const busiestFirst = (a: Dependent, b: Dependent): number => busyness(b) - busyness(a);
