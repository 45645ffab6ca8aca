import { ensureTimePartitions, type TimePartitions } from '#platform/database';

/** One a day; yesterday's, too, for what comes in late. */
export const RECORDS: TimePartitions = { table: 'uns_records', column: 'timestamp', every: 'day', behind: 1, ahead: 2 };

/** Makes the partitions of history around today. */
export const ensurePartitions = ensureTimePartitions(RECORDS);
