import { Injectable } from '@nestjs/common';
import { OrganizationSettings } from '#organizations';
import { Database } from '#platform/database';
import { removeOld } from './quarantine.repository';

const DAY_MS = 86_400_000;
/** Values that one transaction removes; publishers whose values are refused wait for it. */
const BATCH = 5_000;
/** Of one organization in one run; what is left waits for the next. */
const MOST_BATCHES = 100;

/** Removes refused values that are older than their organization keeps records, and those of deleted topics. */
@Injectable()
export class QuarantineRetention {
  constructor(
    private readonly database: Database,
    private readonly settings: OrganizationSettings,
  ) {}

  async run(now = Date.now()): Promise<void> {
    const settings = await this.settings.ofAll();
    for (const id of await this.organizations()) {
      const days = settings.get(id)?.retention.recordsDays;
      if (days !== undefined) await this.removeOf(id, new Date(now - days * DAY_MS));
    }
  }

  private async organizations(): Promise<string[]> {
    const rows = await this.database.asSystem((manager) =>
      manager.query<{ id: string }[]>('SELECT organization_id AS id FROM uns_quarantine_states WHERE count > 0'),
    );
    return rows.map(({ id }) => id);
  }

  private async removeOf(organizationId: string, olderThan: Date): Promise<void> {
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const removed = await this.database.asSystem((manager) => removeOld(manager, organizationId, olderThan, BATCH));
      if (removed < BATCH) return;
    }
  }
}
