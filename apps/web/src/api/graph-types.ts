/* What the API answers about dependencies, as far as the pages read it. */

export type ReferenceKind = 'uses' | 'part' | 'matches';

export interface GraphNode {
  /** `pipeline:<id>`, `topic:<path>`: by which edges and ways name it. */
  key: string;
  type: string;
  /** Null for a path at which there is nothing, and for filters. */
  id: string | null;
  name: string;
  exists: boolean;
  /** Whether it is a filter, which selects paths. */
  pattern: boolean;
}

/** That the source depends on the target. */
export interface GraphEdge {
  source: string;
  target: string;
  kind: ReferenceKind;
  via: string[];
}

/** A reference to what is gone. */
export interface Unresolved {
  source: string;
  type: string;
  key: string;
  via: string[];
}

export interface Graph {
  revision: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
  unresolved: Unresolved[];
  /** Whether some edges from filters to paths were left out. */
  truncated: boolean;
}

export interface Weight {
  runsLastHour?: number;
  messagesLastHour?: number;
  lastSeen?: string | null;
  openNow?: number;
}

export interface GraphEntity {
  key: string;
  type: string;
  id: string | null;
  name: string;
}

export interface RelatedEntity extends GraphEntity {
  kind: ReferenceKind;
  distance: number;
  via: string[];
  /** By keys, from the entity that was asked about. */
  path: string[];
  weight?: Weight;
}

export interface RelatedEntities {
  entities: RelatedEntity[];
  truncated: boolean;
}

export type ImpactAction = 'delete' | 'disable' | 'change';

export interface AffectedEntity extends GraphEntity {
  effect: 'breaks' | 'affected';
  distance: number;
  paths: string[][];
  weight?: Weight;
}

export interface Impact {
  safe: boolean;
  affected: AffectedEntity[];
  totals: { breaks: number; affected: number };
  truncated: boolean;
}
