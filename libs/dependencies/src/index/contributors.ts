import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import {
  ContributesDependencies,
  type Contribution,
  type DependencyContributor,
  type DependencyWeigher,
  type EntityKey,
  type Weight,
  WeighsDependencies,
} from '#platform/dependencies';

/** What all areas know of the graph, found at boot. */
@Injectable()
export class Contributors implements OnModuleInit {
  private readonly byType = new Map<string, DependencyContributor>();
  private weighers: readonly DependencyWeigher[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error where two providers have the same type. */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: ContributesDependencies.KEY })) {
      const contributor = instance as DependencyContributor;
      for (const type of contributor.types) {
        const known = this.byType.get(type);
        // The same provider is found once for each module that it is in.
        if (known && known !== contributor) throw new Error(`dependencies of type ${type} are contributed twice`);
        this.byType.set(type, contributor);
      }
    }
    const weighers = this.discovery.getProviders({ metadataKey: WeighsDependencies.KEY });
    this.weighers = [...new Set(weighers.map(({ instance }) => instance as DependencyWeigher))];
  }

  /** All types of entities, by their names. */
  get types(): string[] {
    return [...this.byType.keys()].sort();
  }

  /** The graph computed from scratch. */
  async all(organizationId: string): Promise<Contribution[]> {
    const found: Contribution[][] = [];
    for (const contributor of new Set(this.byType.values())) found.push(await contributor.all(organizationId));
    return found.flat();
  }

  /** Ids by the paths that they are named by; none for types that are named by ids alone. */
  async identify(organizationId: string, type: string, keys: readonly string[]): Promise<Map<string, string>> {
    return (await this.byType.get(type)?.identify?.(organizationId, type, keys)) ?? new Map<string, string>();
  }

  /** Another once anything has left its path; undefined where one of the areas does not count that. */
  async pathsRevision(organizationId: string): Promise<string | undefined> {
    const named = [...new Set(this.byType.values())].filter((contributor) => contributor.identify !== undefined);
    const revisions: number[] = [];
    for (const contributor of named) {
      const revision = await contributor.pathsRevision?.(organizationId);
      if (revision === undefined) return undefined;
      revisions.push(revision);
    }
    return revisions.join();
  }

  /** The path of what is named by that. */
  async locate(organizationId: string, type: string, id: string): Promise<string | undefined> {
    return this.byType.get(type)?.locate?.(organizationId, type, id);
  }

  /** Whether entities of that type are named by their paths. */
  isNamedByPath(type: string): boolean {
    return this.byType.get(type)?.identify !== undefined;
  }

  /** Those of them that are named by ids. */
  namedById<E extends Pick<EntityKey, 'type'>>(entities: readonly E[]): E[] {
    return entities.filter(({ type }) => !this.isNamedByPath(type));
  }

  /** By `keyText`. */
  async weights(organizationId: string, entities: readonly EntityKey[]): Promise<Map<string, Weight>> {
    const weights = new Map<string, Weight>();
    for (const weigher of this.weighers) {
      const own = entities.filter(({ type }) => weigher.types.includes(type));
      if (own.length === 0) continue;
      for (const [key, weight] of await weigher.weights(organizationId, own)) weights.set(key, weight);
    }
    return weights;
  }
}
