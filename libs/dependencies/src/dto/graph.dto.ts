import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Weight, type ReferenceKind } from '#platform/dependencies';
import { ACTIONS, type Action, type Effect } from '../graph/impact';
import { MOST_STEPS } from '../graph/reach';

const DIRECTIONS = ['both', 'dependents', 'dependencies'] as const;

export class DepthQuery {
  /** How many references are followed one after the other, 1–20. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MOST_STEPS)
  depth: number = MOST_STEPS;
}

export class GraphQuery extends DepthQuery {
  /** The entity around which to look, as `type:id`, or `topic:` and its path; everything where it is left out. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  root?: string;

  /** From the root: to those that depend on it, to those that it depends on, or both. */
  @IsOptional()
  @IsIn(DIRECTIONS)
  direction: 'both' | 'dependents' | 'dependencies' = 'both';
}

export class ImpactQuery {
  /** What is to be done with the entity. Only connections and pipelines can be disabled. */
  @IsOptional()
  @IsIn(ACTIONS)
  action: 'delete' | 'disable' | 'change' = 'delete';
}

/** An entity, a path that others name, or a filter that selects such paths. */
export class GraphNodeView {
  /** By which edges and ways name it: type and id, or type and path. @example "pipeline:01890a5d-ac96-774b-bcce-b302099a8057" */
  key!: string;

  /** @example "pipeline" */
  type!: string;

  /** Null for a path at which there is nothing, and for filters. @example "01890a5d-ac96-774b-bcce-b302099a8057" */
  id!: string | null;

  /** @example "Line 1 to MES" */
  name!: string;

  /** False for a path at which there is nothing yet. */
  exists!: boolean;

  /** Whether it is a filter, which selects paths. */
  pattern!: boolean;
}

/** That one refers to another. */
export class GraphEdgeView {
  /** Key of the one that depends. @example "pipeline:01890a5d-ac96-774b-bcce-b302099a8057" */
  source!: string;

  /** Key of the one that it depends on. @example "topic:mHv1.0/line-1/speed" */
  target!: string;

  /** `uses`: it breaks without it. `part`: it goes with it. `matches`: by a filter. */
  kind!: ReferenceKind;

  /** Where it says so, at most ten places; none where a filter selects a path. @example ["nodes[2].parameters.topic"] */
  via!: string[];
}

/** A reference to what does not exist. */
export class UnresolvedView {
  /** Key of the one that refers. @example "pipeline:01890a5d-ac96-774b-bcce-b302099a8057" */
  source!: string;

  /** @example "model" */
  type!: string;

  /** @example "01890a5d-ac96-774b-bcce-b302099a8057" */
  key!: string;

  /** @example ["nodes[2].parameters.modelId"] */
  via!: string[];
}

/** Who refers to whom. */
export class GraphView {
  /** Counts the changes of the graph. */
  revision!: number;

  nodes!: GraphNodeView[];

  edges!: GraphEdgeView[];

  unresolved!: UnresolvedView[];

  /** Whether some edges from filters to paths were left out, because there are too many. */
  truncated!: boolean;
}

/** The entity that was asked about. */
export class AskedEntity {
  /** @example "topic:mHv1.0/line-1/speed" */
  key!: string;

  /** @example "topic" */
  type!: string;

  /** Null for a path at which there is nothing. */
  id!: string | null;

  /** @example "mHv1.0/line-1/speed" */
  name!: string;
}

/** An entity that depends on the one asked about, or that it depends on. */
export class RelatedEntity extends AskedEntity {
  /** How it refers on the first of the shortest ways, or is referred to. */
  kind!: ReferenceKind;

  /** Steps of the shortest way. That a filter selects a path is none. */
  distance!: number;

  /** Where that reference stands, at most ten places. */
  via!: string[];

  /** A shortest way, by keys, from the entity asked about. */
  path!: string[];

  /** How much it is used; of the first 200. */
  weight?: Weight;
}

export class RelatedEntities {
  entity!: AskedEntity;

  /** By distance; at most 1,000. */
  entities!: RelatedEntity[];

  /** Whether there are more. */
  truncated!: boolean;
}

/** An entity that an action on another one would do something to. */
export class AffectedEntity extends AskedEntity {
  /** `breaks`: it cannot do its work any more. `affected`: it depends on what breaks, or may see other values. */
  effect!: Effect;

  /** Steps of the shortest way. That a filter selects a path is none. */
  distance!: number;

  /** Shortest ways, by keys, from the entity asked about, or from what lies below it and goes with it; at most three. */
  @ApiProperty({ type: 'array', items: { type: 'array', items: { type: 'string' } } })
  paths!: string[][];

  /** How much it is used; of the first 200. */
  weight?: Weight;
}

export class ImpactTotals {
  breaks!: number;
  affected!: number;
}

export class Impact {
  entity!: AskedEntity;

  action!: Action;

  /** Whether nothing breaks. */
  safe!: boolean;

  /** Those that break first, then by distance; at most 1,000 within 20 steps. Parts that go with the entity are left out. */
  affected!: AffectedEntity[];

  /** Of all, also of those that are left out. */
  totals!: ImpactTotals;

  /** Whether there are more. */
  truncated!: boolean;
}
