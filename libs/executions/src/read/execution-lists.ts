import { Injectable } from '@nestjs/common';
import type { TimePosition } from '#kernel';
import { Database } from '#platform/database';
import type { ExecutionStatus, TriggerKind } from '../execution';
import { EXECUTION_COLUMNS, type ExecutionRow } from '../executions.repository';

/** What to read: all that is given has to hold. */
export interface ExecutionFilter {
  pipelineId?: string | undefined;
  status?: ExecutionStatus | undefined;
  trigger?: TriggerKind | undefined;
  /** Inclusive. */
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
  /** Position of the last one seen. */
  before?: TimePosition | undefined;
}

/** Executions by the time they were started, newest first. */
@Injectable()
export class ExecutionLists {
  constructor(private readonly database: Database) {}

  find(organizationId: string, filter: ExecutionFilter, limit: number): Promise<ExecutionRow[]> {
    const { text, parameters } = listQuery(organizationId, filter, limit);
    return this.database.inOrganization(organizationId, (manager) => manager.query<ExecutionRow[]>(text, parameters));
  }
}

/** What has not ended is found among the few that have not, everything else by the indexes of history. */
export function listQuery(organizationId: string, filter: ExecutionFilter, limit: number) {
  const parameters: unknown[] = [];
  const value = (given: unknown): string => `$${parameters.push(given)}`;
  const isOpen = filter.status === 'queued' || filter.status === 'running';
  const from = isOpen ? OPEN_FIRST : 'executions e LEFT JOIN open_executions o ON o.id = e.id';
  const lead = isOpen ? 'o' : 'e';
  const conditions = [
    `${lead}.organization_id = ${value(organizationId)}`,
    filter.status === 'queued' && 'o.started_at IS NULL',
    filter.status === 'running' && 'o.started_at IS NOT NULL',
    filter.status && !isOpen && `e.status = ${value(filter.status)}`,
    filter.pipelineId !== undefined && `${lead}.pipeline_id = ${value(filter.pipelineId)}`,
    filter.trigger && `e.trigger = ${value(filter.trigger)}`,
    filter.from && `${lead}.created_at >= ${value(filter.from)}`,
    filter.to && `${lead}.created_at < ${value(filter.to)}`,
    filter.before &&
      `(${lead}.created_at, ${lead}.id) < (${value(filter.before.at)}::timestamptz, ${value(filter.before.id)}::uuid)`,
  ].filter(Boolean);
  const text = `SELECT ${EXECUTION_COLUMNS} FROM ${from} WHERE ${conditions.join(' AND ')}
    ORDER BY ${lead}.created_at DESC, ${lead}.id DESC LIMIT ${value(limit)}`;
  return { text, parameters };
}

// In their order, and each looked up by itself: joined as a whole, all of history would be read.
const OPEN_FIRST = `(SELECT * FROM open_executions ORDER BY created_at DESC, id DESC) o
  CROSS JOIN LATERAL (SELECT * FROM executions e WHERE e.id = o.id AND e.created_at = o.created_at OFFSET 0) e`;
