import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IfGiven, IsFlag, IsName } from '#platform/http';
import type { Organization } from './organization.entity';

export class CreateOrganization {
  /** Unique on the instance, whatever its case. @example "Plant South" */
  @IsName(100)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;
}

/** What is left out stays as it is. */
export class UpdateOrganization {
  /** Unique on the instance, whatever its case. @example "Plant South-East" */
  @IfGiven()
  @IsName(100)
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  /**
   * Before its topics on a broker of your own; for system administrators. `null` for `org/<id>/`, empty for the bare
   * namespace, which one organization may have. @example "plants/south/"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  mqttPrefix?: string | null;
}

export class SuspendOrganization {
  /** For those who are turned away and for the trail. @example "Contract ended" */
  @IsName(500)
  reason!: string;
}

export class DeleteOrganizationQuery {
  /** Also one that is active: its users and machines are cut off at once. */
  @IsFlag()
  force: boolean = false;
}

export class OrganizationView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "Plant North" */
  name!: string;

  description!: string | null;

  status!: 'active' | 'suspended';

  suspendedReason!: string | null;

  /** Before its topics on a broker of your own. @example "org/0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d/" */
  mqttPrefix!: string;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  updatedAt!: Date;
}

export const toOrganizationView = (organization: Organization): OrganizationView => ({
  id: organization.id,
  name: organization.name,
  description: organization.description,
  status: organization.status,
  suspendedReason: organization.suspendedReason,
  mqttPrefix: organization.mqttPrefix ?? `org/${organization.id}/`,
  version: organization.version,
  createdAt: organization.createdAt,
  updatedAt: organization.updatedAt,
});
