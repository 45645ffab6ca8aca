import type { Organization } from '../organization.entity';

export class OrganizationView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "Plant North" */
  name!: string;

  status!: 'active' | 'suspended';

  suspendedReason!: string | null;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  updatedAt!: Date;
}

export const toOrganizationView = (organization: Organization): OrganizationView => ({
  id: organization.id,
  name: organization.name,
  status: organization.status,
  suspendedReason: organization.suspendedReason,
  version: organization.version,
  createdAt: organization.createdAt,
  updatedAt: organization.updatedAt,
});
