/** An entity as others refer to it: by its id, or where they name it by its path (`mHv1.0/line-1/speed`), by that. */
export interface EntityKey {
  /** `pipeline` */
  type: string;
  key: string;
}

export interface Entity extends EntityKey {
  id: string;
  /** As people call it. */
  name: string;
}

/**
 * How one entity refers to another.
 * - `uses`: it breaks without it.
 * - `part`: it goes with it, as functions go with their connection.
 * - `matches`: the key is a filter; whatever it selects may come and go.
 */
export type ReferenceKind = 'uses' | 'part' | 'matches';

export interface Reference extends EntityKey {
  kind: ReferenceKind;
  /** Place in the entity that refers: `nodes[2].parameters.topic`. */
  via: string;
}

/** An entity with everything it refers to, which need not exist. */
export interface Contribution {
  entity: Entity;
  references: readonly Reference[];
}

/** `pipeline:01890a5d-…`, `topic:mHv1.0/line-1/speed`: a node of the graph in one text. */
export const keyText = ({ type, key }: EntityKey): string => `${type}:${key}`;
