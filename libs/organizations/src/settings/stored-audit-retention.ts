import { Injectable } from '@nestjs/common';
import { AuditRetention } from '#platform/audit';
import { Database } from '#platform/database';
import { Organization } from '../organization.entity';
import { effectiveSettings, type StoredSettings } from './settings';

@Injectable()
export class StoredAuditRetention extends AuditRetention {
  constructor(private readonly database: Database) {
    super();
  }

  override async days(): Promise<ReadonlyMap<string, number>> {
    const organizations = await this.database.asSystem((manager) =>
      manager.find(Organization, { select: { id: true, settings: true } }),
    );
    return new Map(
      organizations.map(({ id, settings }) => [id, effectiveSettings(settings as StoredSettings).retention.auditDays]),
    );
  }
}
