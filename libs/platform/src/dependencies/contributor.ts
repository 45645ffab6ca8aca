import { DiscoveryService } from '@nestjs/core';
import type { Weight } from './dto/dependents.dto';
import type { Contribution, EntityKey } from './reference';

/** Marks a provider as a `DependencyContributor`, from whichever module it comes. */
export const ContributesDependencies = DiscoveryService.createDecorator();

/** What one area knows of the graph. */
export interface DependencyContributor {
  /** The types of its entities. */
  readonly types: readonly string[];

  /** Everything as it would be kept, read from the tables: for organizations whose graph has not been kept yet. */
  all(organizationId: string): Promise<Contribution[]>;

  /**
   * Ids of the entities of one of its types that others name by path, by those paths; what does not exist is left out. For
   * types that are not named by their ids alone.
   */
  identify?(organizationId: string, type: string, keys: readonly string[]): Promise<Map<string, string>>;

  /**
   * A number that is another once anything has left its path, so that until then what `identify` found holds. What is named
   * by path and has none is looked up again each time.
   */
  pathsRevision?(organizationId: string): Promise<number>;

  /** The path by which others name an entity of such a type, by its id; undefined where there is none. */
  locate?(organizationId: string, type: string, id: string): Promise<string | undefined>;
}

/** Marks a provider as a `DependencyWeigher`, from whichever module it comes. */
export const WeighsDependencies = DiscoveryService.createDecorator();

/** Tells how much entities are used; often another area than the one they belong to knows. */
export interface DependencyWeigher {
  /** The types of entities that it weighs. */
  readonly types: readonly string[];

  /** By `keyText`; for entities of its types, at most 200. */
  weights(organizationId: string, entities: readonly EntityKey[]): Promise<Map<string, Weight>>;
}
