import type { DatabaseSchema } from '#platform/database';
import { Membership } from './members/membership.entity';
import { Logo } from './logos/logo.entity';
import { OrganizationManagement1700000001001 } from './migrations/1700000001001-organization-management';
import { Organizations1700000001000 } from './migrations/1700000001000-organizations';
import { Organization } from './organization.entity';
import { SettingChange } from './settings/setting-change.entity';

export const organizationsSchema: DatabaseSchema = {
  entities: [Organization, Membership, Logo, SettingChange],
  migrations: [Organizations1700000001000, OrganizationManagement1700000001001],
};
