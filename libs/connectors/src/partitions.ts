import { dropTimePartitions, ensureTimePartitions, type TimePartitions } from '#platform/database';
import type { Client } from 'pg';

const STATE_CHANGES: TimePartitions = {
  table: 'connection_state_changes',
  column: 'at',
  every: 'day',
  behind: 0,
  ahead: 2,
};

/** Makes the partitions of the state history of today and the next two days. */
export const ensureStatePartitions = ensureTimePartitions(STATE_CHANGES);

/** Drops the days that ended before the time. Gives the names of their partitions. */
export const dropStatePartitions = (owner: Client, olderThan: Date): Promise<string[]> =>
  dropTimePartitions(owner, STATE_CHANGES, olderThan);
