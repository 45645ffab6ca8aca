import { Injectable } from '@nestjs/common';
import { idTime, type JsonValue, type TimePosition } from '#kernel';
import { Database } from '#platform/database';
import type { ExecutionError } from '../dto/execution.dto';
import type { NodeStatus } from './executions-query.dto';

interface WorkRow {
  status: NodeStatus;
  attempts: number;
  reused: boolean;
  started_at: Date;
  duration_ms: number;
  ports: string[];
}

export interface NodeSummaryRow extends WorkRow {
  node_id: string;
  iterations: number;
  failed: number;
}

export interface IterationRow extends WorkRow {
  iteration: string;
  message: string | null;
}

export interface NodeResultRow extends WorkRow {
  node_id: string;
  iteration: string;
  /** What was kept as null is there, too. */
  has_input: boolean;
  has_output: boolean;
  input: JsonValue;
  output: JsonValue;
  error: ExecutionError | null;
}

/** What history keeps of the nodes of an execution; at most some thousand rows of each. */
@Injectable()
export class NodeResults {
  constructor(private readonly database: Database) {}

  /** Nodes in the order they began, those in loops with all their iterations in one row. */
  summaries(organizationId: string, executionId: string, after: TimePosition | undefined, limit: number) {
    return this.query<NodeSummaryRow>(organizationId, SUMMARIES, [
      organizationId,
      executionId,
      idTime(executionId),
      after?.at ?? null,
      after?.id ?? null,
      limit,
    ]);
  }

  async result(organizationId: string, executionId: string, nodeId: string, iteration: string) {
    const [row] = await this.query<NodeResultRow>(organizationId, RESULT, [
      organizationId,
      executionId,
      idTime(executionId),
      nodeId,
      iteration,
    ]);
    return row;
  }

  /** In the order of their numbers. */
  iterations(
    organizationId: string,
    executionId: string,
    nodeId: string,
    status: NodeStatus | undefined,
    after: string | undefined,
    limit: number,
  ) {
    return this.query<IterationRow>(organizationId, ITERATIONS, [
      organizationId,
      executionId,
      idTime(executionId),
      nodeId,
      status ?? null,
      after ?? null,
      limit,
    ]);
  }

  /** Whether the node did anything, in whichever iteration. */
  async hasRun(organizationId: string, executionId: string, nodeId: string): Promise<boolean> {
    const rows = await this.query(organizationId, `SELECT 1 ${OF_NODE} LIMIT 1`, [
      organizationId,
      executionId,
      idTime(executionId),
      nodeId,
    ]);
    return rows.length > 0;
  }

  private query<R>(organizationId: string, text: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<R[]>(text, parameters));
  }
}

const OF_EXECUTION = 'FROM execution_nodes n WHERE organization_id = $1 AND execution_id = $2 AND created_at = $3';
const OF_NODE = `${OF_EXECUTION} AND node_id = $4`;

const SUMMARIES = `
  SELECT node_id, CASE WHEN bool_or(status = 'failed') THEN 'failed' ELSE 'completed' END AS status,
    sum(attempts)::int AS attempts, bool_and(reused) AS reused, min(started_at) AS started_at,
    sum(duration_ms) AS duration_ms,
    ARRAY(SELECT DISTINCT port FROM execution_nodes p, unnest(p.ports) AS port
          WHERE p.organization_id = $1 AND p.execution_id = $2 AND p.created_at = $3 AND p.node_id = n.node_id
          ORDER BY port) AS ports,
    count(*) FILTER (WHERE iteration <> '')::int AS iterations,
    count(*) FILTER (WHERE iteration <> '' AND status = 'failed')::int AS failed
  ${OF_EXECUTION} GROUP BY node_id
  HAVING $4::timestamptz IS NULL OR (min(started_at), node_id) > ($4::timestamptz, $5::text COLLATE "C")
  ORDER BY min(started_at), node_id LIMIT $6`;

const RESULT = `
  SELECT node_id, iteration, status, attempts, reused, started_at, duration_ms, ports, input IS NOT NULL AS has_input,
    output IS NOT NULL AS has_output, input, output, error
  ${OF_NODE} AND iteration = $5`;

const ITERATIONS = `
  SELECT iteration, status, attempts, reused, started_at, duration_ms, ports, left(error->>'message', 1000) AS message
  ${OF_NODE} AND iteration <> '' AND ($5::text IS NULL OR status = $5)
    AND ($6::text IS NULL OR string_to_array(iteration, '.')::int[] > string_to_array($6, '.')::int[])
  ORDER BY string_to_array(iteration, '.')::int[] LIMIT $7`;
