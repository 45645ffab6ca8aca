import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Contributors } from '../index/contributors';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { DependencyGraph } from './dependency-graph';

/** Nodes and edges of all graphs that a process remembers; a larger one is read each time. */
const MOST_REMEMBERED = 500_000;

/** Graphs in memory, which follow the changes of their organizations. */
@Injectable()
export class GraphCache {
  private readonly graphs = new LRUCache<string, DependencyGraph>({
    maxSize: MOST_REMEMBERED,
    // Graphs without anything take up room, too.
    sizeCalculation: ({ size }) => size + 1,
  });
  /** Those being read: who asks meanwhile waits for the same. */
  private readonly reading = new Map<string, Promise<DependencyGraph>>();

  constructor(
    private readonly index: DatabaseDependencyIndex,
    private readonly contributors: Contributors,
  ) {}

  /** As of now, or later. */
  async get(organizationId: string): Promise<DependencyGraph> {
    const revision = await this.index.revision(organizationId);
    const known = this.graphs.get(organizationId);
    if (known?.revision === revision) return known;
    const begun = `${organizationId} ${revision}`;
    const reading = this.reading.get(begun) ?? this.read(organizationId, known);
    this.reading.set(begun, reading);
    return reading.finally(() => this.reading.delete(begun));
  }

  private async read(organizationId: string, known: DependencyGraph | undefined): Promise<DependencyGraph> {
    const graph = (known && (await this.follow(organizationId, known))) ?? (await this.readWhole(organizationId));
    // Of one that it has already the cache would not ask for the size again.
    this.graphs.delete(organizationId);
    this.graphs.set(organizationId, graph);
    return graph;
  }

  private async follow(organizationId: string, graph: DependencyGraph): Promise<DependencyGraph | undefined> {
    const changes = await this.index.changesSince(organizationId, graph.revision);
    if (!changes) return undefined;
    graph.follow(changes);
    // What was left out of it may have found room, or other selections have to be.
    return graph.truncated ? undefined : graph;
  }

  private async readWhole(organizationId: string): Promise<DependencyGraph> {
    const rows = await this.index.read(organizationId);
    return new DependencyGraph(rows, (type) => this.contributors.isNamedByPath(type));
  }
}
