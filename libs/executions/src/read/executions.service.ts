import { Injectable } from '@nestjs/common';
import {
  decodeCursor,
  DomainError,
  encodeCursor,
  encodeTimeCursor,
  invalid,
  notFound,
  parseTimestamp,
  readTime,
  readTimeCursor,
  Stretch,
  type Member,
  type TimePosition,
} from '#kernel';
import type { CursorQuery } from '#platform/http';
import { PipelineDefinitions, type DefinedNode } from '#pipelines';
import type { ExecutionView } from '../dto/execution.dto';
import { ExecutionsRepository, toExecutionView } from '../executions.repository';
import { ExecutionLists } from './execution-lists';
import { ExecutionStats } from './execution-stats';
import type { ExecutionStatsView } from './execution-stats.dto';
import type { ExecutionsQuery, IterationQuery, IterationsQuery, StretchQuery } from './executions-query.dto';
import type { NodeExecutionView, NodeIterationView, NodeResultView } from './node-execution.dto';
import { NodeResults, type IterationRow, type NodeResultRow, type NodeSummaryRow } from './node-results';

const DAY_MS = 86_400_000;

/** History, to read. */
@Injectable()
export class ExecutionsService {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly lists: ExecutionLists,
    private readonly nodeResults: NodeResults,
    private readonly statistics: ExecutionStats,
    private readonly definitions: PipelineDefinitions,
  ) {}

  /** Newest first. */
  async list({ organizationId }: Member, query: ExecutionsQuery): Promise<Stretch<ExecutionView>> {
    const { limit, cursor, from, to, ...filter } = query;
    const time = { from: readTime('from', from), to: readTime('to', to), before: readTimeCursor(cursor) };
    const rows = await this.lists.find(organizationId, { ...filter, ...time }, limit + 1);
    return stretchOf(rows, limit, toExecutionView, (row) => encodeTimeCursor({ at: row.created_at, id: row.id }));
  }

  /** @throws DomainError `not_found` */
  get({ organizationId }: Member, id: string): Promise<ExecutionView> {
    return this.executions.get(organizationId, id);
  }

  /** The last 24 hours where nothing is said. */
  stats({ organizationId }: Member, query: StretchQuery): Promise<ExecutionStatsView> {
    const to = readTime('to', query.to) ?? new Date();
    const from = readTime('from', query.from) ?? new Date(to.getTime() - DAY_MS);
    if (from >= to) throw invalid({ field: 'from', message: 'From must be before to' });
    return this.statistics.of(organizationId, { pipelineId: query.pipelineId, from, to });
  }

  /** In the order they began. */
  async nodes(member: Member, id: string, { limit, cursor }: CursorQuery): Promise<Stretch<NodeExecutionView>> {
    const { organizationId } = member;
    const after = readNodeCursor(cursor);
    const execution = await this.executions.get(organizationId, id);
    const rows = await this.nodeResults.summaries(organizationId, id, after, limit + 1);
    const nodes = await this.nodesOf(organizationId, execution);
    const toView = (row: NodeSummaryRow) => toNodeExecutionView(row, nodes.get(row.node_id));
    return stretchOf(rows, limit, toView, (row) => encodeTimeCursor({ at: row.started_at, id: row.node_id }));
  }

  /** @throws DomainError `not_found`; `bad_request` for a node in a loop without the iteration. */
  async node({ organizationId }: Member, id: string, nodeId: string, query: IterationQuery): Promise<NodeResultView> {
    const execution = await this.executions.get(organizationId, id);
    const row = await this.nodeResults.result(organizationId, id, nodeId, query.iteration ?? '');
    if (row) {
      const nodes = await this.nodesOf(organizationId, execution);
      return toNodeResultView(row, nodes.get(nodeId));
    }
    const ran = await this.nodeResults.hasRun(organizationId, id, nodeId);
    if (!ran) throw notFound('Node');
    if (query.iteration !== undefined) throw notFound('Iteration');
    throw invalid({ field: 'iteration', message: 'Iteration is required: the node ran in a loop' });
  }

  /** By their numbers: 0, 1, 2, …, 10. @throws DomainError `not_found` */
  async iterations({ organizationId }: Member, id: string, nodeId: string, query: IterationsQuery) {
    const { limit, cursor, status } = query;
    const after = readIterationCursor(cursor);
    await this.executions.get(organizationId, id);
    const rows = await this.nodeResults.iterations(organizationId, id, nodeId, status, after, limit + 1);
    if (rows.length === 0 && !(await this.nodeResults.hasRun(organizationId, id, nodeId))) throw notFound('Node');
    return stretchOf(rows, limit, toIterationView, ({ iteration }) => encodeCursor([iteration]));
  }

  /** As that version has them; none when pipeline or version are not there any more. */
  private async nodesOf(organizationId: string, { pipelineId, pipelineVersion }: ExecutionView) {
    try {
      const { nodes } = await this.definitions.load(organizationId, pipelineId, pipelineVersion);
      return new Map<string, DefinedNode>(nodes.map((node) => [node.id, node]));
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not_found') return new Map<string, DefinedNode>();
      throw error;
    }
  }
}

/** One row more than asked for tells whether there are more. */
function stretchOf<R, V>(rows: R[], limit: number, toView: (row: R) => V, cursorOf: (row: R) => string): Stretch<V> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return new Stretch(shown.map(toView), { nextCursor: last ? cursorOf(last) : null });
}

const noCursor = () => invalid({ field: 'cursor', message: 'Cursor must be the nextCursor of an earlier answer' });

/** Ids of nodes are texts of their makers. */
function readNodeCursor(cursor: string | undefined): TimePosition | undefined {
  if (cursor === undefined) return undefined;
  const [at, id, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof at !== 'number' || parseTimestamp(at) === undefined || typeof id !== 'string' || rest.length > 0) {
    throw noCursor();
  }
  return { at: new Date(at), id };
}

function readIterationCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [iteration, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof iteration !== 'string' || !/^\d{1,6}(\.\d{1,6})*$/.test(iteration) || rest.length > 0) throw noCursor();
  return iteration;
}

const named = (node: DefinedNode | undefined) => ({ nodeName: node?.name ?? null, type: node?.type ?? null });

const work = (row: NodeSummaryRow | NodeResultRow | IterationRow) => ({
  status: row.status,
  attempts: row.attempts,
  reused: row.reused,
  startedAt: row.started_at,
  durationMs: row.duration_ms,
  ports: row.ports,
});

const toNodeExecutionView = (row: NodeSummaryRow, node: DefinedNode | undefined): NodeExecutionView => ({
  nodeId: row.node_id,
  ...named(node),
  ...work(row),
  iterations: row.iterations > 0 ? row.iterations : null,
  failed: row.iterations > 0 ? row.failed : null,
});

const toNodeResultView = (row: NodeResultRow, node: DefinedNode | undefined): NodeResultView => ({
  nodeId: row.node_id,
  ...named(node),
  iteration: row.iteration || null,
  ...work(row),
  ...(row.has_input && { input: row.input }),
  ...(row.has_output && { output: row.output }),
  error: row.error,
});

const toIterationView = (row: IterationRow): NodeIterationView => ({
  iteration: row.iteration,
  ...work(row),
  message: row.message,
});
