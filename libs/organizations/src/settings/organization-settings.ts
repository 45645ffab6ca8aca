import { Injectable } from '@nestjs/common';
import { BriefCache } from '#platform/cache';
import { Database } from '#platform/database';
import { Organization } from '../organization.entity';
import { effectiveSettings, type Settings, type StoredSettings } from './settings';

const MAX_CACHED = 10_000;
/** A change is in force in every process within this time. */
const FRESH_MS = 1_000;

/** What is in force in one organization. */
export interface InForce extends Settings {
  /** Neither suspended nor deleted. */
  active: boolean;
}

/** What organizations have decided, for the areas that follow it. */
@Injectable()
export class OrganizationSettings {
  private readonly cache = new BriefCache<InForce>(MAX_CACHED, FRESH_MS);

  constructor(private readonly database: Database) {}

  /** The defaults, and not active, for an organization that there is not. */
  of(organizationId: string): Promise<InForce> {
    return this.cache.get(organizationId, () => this.now(organizationId));
  }

  /** The same, as the database has it at this moment: for what lasts longer than a second. */
  async now(organizationId: string): Promise<InForce> {
    const organization = await this.database.joining(organizationId, (manager) =>
      manager.findOneBy(Organization, { id: organizationId }),
    );
    const settings = effectiveSettings((organization?.settings ?? {}) as StoredSettings);
    return { ...settings, active: organization?.status === 'active' && organization.deletedAt === null };
  }

  /** Of all organizations, those that are being removed among them; for maintenance. */
  async ofAll(): Promise<ReadonlyMap<string, Settings>> {
    const organizations = await this.database.asSystem((manager) =>
      manager.find(Organization, { select: { id: true, settings: true } }),
    );
    return new Map(organizations.map(({ id, settings }) => [id, effectiveSettings(settings as StoredSettings)]));
  }
}
