import { ensureTimePartitions, type OwnerStep, type TimePartitions } from '#platform/database';

export const EXECUTIONS: TimePartitions = {
  table: 'executions',
  column: 'created_at',
  every: 'day',
  behind: 1,
  ahead: 2,
};
export const EXECUTION_NODES: TimePartitions = { ...EXECUTIONS, table: 'execution_nodes' };

/** Makes the partitions of history around today. */
export const ensureExecutionPartitions: OwnerStep = async (owner) => {
  await ensureTimePartitions(EXECUTIONS)(owner);
  await ensureTimePartitions(EXECUTION_NODES)(owner);
};
