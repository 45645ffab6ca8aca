import type { DatabaseSchema } from '#platform/database';
import { Uns1700000003000 } from './migrations/1700000003000-uns';
import { Topic } from './topics/topic.entity';

export const unsSchema: DatabaseSchema = { entities: [Topic], migrations: [Uns1700000003000] };
