import { Injectable } from '@nestjs/common';
import { OrganizationSettings } from '#organizations';
import { BriefCache } from '#platform/cache';
import { Database } from '#platform/database';

const MOST_CACHED = 10_000;
const FRESH_MS = 5_000;
const MEGABYTE = 1024 * 1024;

/** Whether an organization has as much history as it may. */
@Injectable()
export class HistoryBudget {
  private readonly cache = new BriefCache<boolean>(MOST_CACHED, FRESH_MS);

  constructor(
    private readonly database: Database,
    private readonly settings: OrganizationSettings,
  ) {}

  /** As it was measured some minutes ago. */
  isSpent(organizationId: string): Promise<boolean> {
    return this.cache.get(organizationId, async () => {
      const { executions } = await this.settings.of(organizationId);
      return (await this.bytes(organizationId)) > executions.maxHistoryMegabytes * MEGABYTE;
    });
  }

  private async bytes(organizationId: string): Promise<number> {
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ bytes: number }[]>(
        'SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM history_sizes WHERE organization_id = $1',
        [organizationId],
      ),
    );
    return row!.bytes;
  }
}
