import { filterPattern, hasScopeOn, scopeBranches, Stretch, TOPIC_ROOT, type Member } from '#kernel';
import { Injectable } from '@nestjs/common';
import type { TopicNode, TreeQuery } from './dto/topic-tree.dto';
import { pathCursor, readPathCursor } from './path-cursor';
import { nameOf, parentOf } from './topic-places';
import { requirePath, requireTopicRight } from './topic-rights';
import { TopicTreeRepository, type NodeRow } from './topic-tree.repository';
import { TopicsRepository } from './topics.repository';

/** Topics of one answer. Where those below a topic have no room, all of them are left out, to be asked for by themselves. */
const MOST_NODES = 5_000;

/**
 * The namespace level by level. Members who are confined to branches see these alone: at the top, topics of theirs whose
 * parents are not.
 */
@Injectable()
export class TopicTree {
  constructor(
    private readonly topics: TopicsRepository,
    private readonly nodes: TopicTreeRepository,
  ) {}

  /** @throws DomainError `bad_request` for a prefix that is no path; `insufficient_scope`; `not_found`. */
  async read(member: Member, { prefix, depth, limit, cursor }: TreeQuery): Promise<Stretch<TopicNode>> {
    const { organizationId } = member;
    const parent = await this.parentOf(member, prefix);
    const patterns = patternsOf(member);
    const after = readPathCursor(cursor);
    const rows =
      parent === null && patterns
        ? await this.nodes.tops(organizationId, patterns, after, limit + 1)
        : await this.nodes.below(organizationId, parent, { patterns, after: after && nameOf(after), limit: limit + 1 });
    const page = rows.slice(0, limit);
    const nodes = await this.toNodes(member, page);
    await this.fill(member, nodes, depth - 1);
    return new Stretch(nodes, { nextCursor: rows.length > limit ? pathCursor(page.at(-1)!.path) : null });
  }

  private async parentOf(member: Member, prefix: string | undefined): Promise<string | null> {
    if (prefix === undefined || prefix === TOPIC_ROOT) return null;
    requirePath(prefix, 'prefix');
    requireTopicRight(member, 'uns:read', prefix);
    return (await this.topics.byPath(member.organizationId, prefix)).path;
  }

  /** Gives nodes those below them, as long as there is room for all of a node. */
  private async fill(member: Member, nodes: readonly TopicNode[], depth: number): Promise<void> {
    const patterns = patternsOf(member);
    let level = nodes;
    let room = MOST_NODES - nodes.length;
    for (let levels = depth; levels > 0 && level.length > 0; levels--) {
      const { fitting, left } = fittingOf(level, room);
      const parents = fitting.filter(({ children }) => children > 0).map(({ topic }) => topic);
      const rows = await this.nodes.belowAll(member.organizationId, parents, patterns);
      const found = await this.toNodes(member, rows);
      const byParent = Map.groupBy(found, ({ topic }) => parentOf(topic)!);
      for (const node of fitting) node.nodes = byParent.get(node.topic) ?? [];
      level = found;
      room = left;
    }
  }

  private async toNodes(member: Member, rows: readonly NodeRow[]): Promise<TopicNode[]> {
    const { organizationId, scopes } = member;
    // The counts that are kept hold for those who see all children; for others they are counted.
    const paths = rows
      .filter(({ path, children }) => children > 0 && !hasScopeOn(scopes, 'uns:read', `${path}/+`))
      .map(({ path }) => path);
    const counts = await this.nodes.countBelow(organizationId, paths, patternsOf(member) ?? []);
    const isPartly = new Set(paths);
    return rows.map(({ id, path, name, description, tags, children }) => ({
      id,
      topic: path,
      name,
      description,
      tags,
      children: isPartly.has(path) ? (counts.get(path) ?? 0) : children,
    }));
  }
}

const patternsOf = ({ scopes }: Member): string[] | undefined => scopeBranches(scopes, 'uns:read')?.map(filterPattern);

/** Those whose children have room, and how much is left. */
function fittingOf(level: readonly TopicNode[], room: number): { fitting: TopicNode[]; left: number } {
  let left = room;
  const fitting = level.filter(({ children }) => {
    const fits = children <= left;
    if (fits) left -= children;
    return fits;
  });
  return { fitting, left };
}
