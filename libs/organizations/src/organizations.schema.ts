import type { DatabaseSchema } from '#platform/database';
import { Membership } from './membership.entity';
import { Organizations1700000001000 } from './migrations/1700000001000-organizations';
import { Organization } from './organization.entity';

export const organizationsSchema: DatabaseSchema = {
  entities: [Organization, Membership],
  migrations: [Organizations1700000001000],
};
