import { Injectable } from '@nestjs/common';
import { keyText } from '#platform/dependencies';
import { Contributors } from '../index/contributors';
import { entityKey, type GraphNode } from './graph-node';
import type { Identities } from './views';

/** Paths that are looked up in one query. */
const MOST_PATHS = 10_000;

interface Remembered {
  nodes: readonly GraphNode[];
  /** Of the paths. */
  revision: string;
  found: Map<string, string>;
  /** Paths where nothing was, by their types. */
  missing: ReadonlyMap<string, string[]>;
}

/** Finds what there is at the paths of graphs. */
@Injectable()
export class IdentityFinder {
  private readonly remembered = new WeakMap<object, Remembered>();

  constructor(private readonly contributors: Contributors) {}

  /** What there is at the paths among the nodes. */
  async identify(organizationId: string, nodes: readonly GraphNode[]): Promise<Identities> {
    return this.lookUp(organizationId, pathsOf(nodes));
  }

  /**
   * The same for nodes that are asked for again and again: what was found stays until something has left its path, so that
   * only paths where nothing was are looked up. Gives the same map for as long as nothing is different.
   * @param of what the nodes are all of; others it has later are looked up then
   */
  async identifyAgain(organizationId: string, of: object, nodes: readonly GraphNode[]): Promise<Identities> {
    const revision = await this.contributors.pathsRevision(organizationId);
    if (revision === undefined) return this.identify(organizationId, nodes);
    const remembered = this.remembered.get(of);
    const known = remembered?.revision === revision ? remembered : undefined;
    const before: Identities = known?.found ?? new Map();
    const missing = known?.nodes === nodes ? known.missing : pathsOf(nodes.filter(({ key }) => !before.has(key)));
    const found = await this.lookUp(organizationId, missing);
    const all = known && found.size === 0 ? known.found : new Map([...before, ...found]);
    this.remembered.set(of, { nodes, revision, found: all, missing: without(missing, found) });
    return all;
  }

  private async lookUp(
    organizationId: string,
    pathsByType: ReadonlyMap<string, readonly string[]>,
  ): Promise<Map<string, string>> {
    const identities = new Map<string, string>();
    for (const [type, paths] of pathsByType) {
      for (let at = 0; at < paths.length; at += MOST_PATHS) {
        const found = await this.contributors.identify(organizationId, type, paths.slice(at, at + MOST_PATHS));
        for (const [key, id] of found) identities.set(keyText({ type, key }), id);
      }
    }
    return identities;
  }
}

/** The paths among the nodes, by their types. */
function pathsOf(nodes: readonly GraphNode[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const node of nodes) {
    if (node.id !== null || node.pattern) continue;
    const { type, key } = entityKey(node);
    const known = paths.get(type);
    if (known) known.push(key);
    else paths.set(type, [key]);
  }
  return paths;
}

const without = (paths: ReadonlyMap<string, readonly string[]>, found: Identities): Map<string, string[]> =>
  new Map([...paths].map(([type, keys]) => [type, keys.filter((key) => !found.has(keyText({ type, key })))]));
