import { Platform1700000000000 } from './migrations/1700000000000-platform';
import { IngestSlots1700000000001 } from './migrations/1700000000001-ingest-slots';
import { SlotsOfBrokers1700000000003 } from './migrations/1700000000003-slots-of-brokers';
import type { DatabaseSchema } from './schema';

/** The platform's own tables. */
export const platformSchema: DatabaseSchema = {
  entities: [],
  migrations: [Platform1700000000000, IngestSlots1700000000001, SlotsOfBrokers1700000000003],
};
