import { dropTimePartitions, ensureTimePartitions, type TimePartitions } from '#platform/database';
import type { Client } from 'pg';

const ENTRIES: TimePartitions = { table: 'audit_entries', column: 'at', every: 'month', behind: 0, ahead: 2 };

/** Makes the partitions of this month and the next two. */
export const ensureAuditPartitions = ensureTimePartitions(ENTRIES);

/** Drops the months that ended before the time. Answers the names of their partitions. */
export const dropAuditPartitions = (owner: Client, olderThan: Date): Promise<string[]> =>
  dropTimePartitions(owner, ENTRIES, olderThan);
