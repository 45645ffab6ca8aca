import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#platform/database';
import { OrganizationPurges, type OrganizationPurge } from '#platform/queue';
import { Organization } from '../organization.entity';

/** Rows in one transaction. */
const BATCH = 5_000;
/** One turn of the worker; what is left waits for the next. */
const TURN_MS = 30_000;
/** Until then whatever was under way when it was deleted has come to an end, and writes nothing more. */
const SETTLES_MS = 60_000;

/** Removes what deleted organizations have left behind, in batches, a bounded time at a go, and then they themselves. */
@Injectable()
export class OrganizationPurger {
  private readonly logger = new Logger(OrganizationPurger.name);

  constructor(
    private readonly database: Database,
    private readonly purges: OrganizationPurges,
  ) {}

  /** Of those deleted before the time; a minute ago where nothing is said. */
  async run(before = new Date(Date.now() - SETTLES_MS)): Promise<void> {
    const deadline = Date.now() + TURN_MS;
    for (const { id, name } of await this.due(before)) {
      for (const purge of this.purges.all()) {
        if (!(await this.empty(purge, id, deadline))) return;
      }
      // Members, settings and logo go with it.
      await this.database.asSystem((manager) => manager.delete(Organization, { id }));
      this.logger.log(`the data of ${name} (${id}) is removed`);
    }
  }

  private due(before: Date): Promise<Organization[]> {
    return this.database.asSystem((manager) =>
      manager
        .createQueryBuilder(Organization, 'organization')
        .where('organization.deletedAt < :before', { before })
        .orderBy('organization.deletedAt')
        .limit(100)
        .getMany(),
    );
  }

  /** Whether nothing is left. */
  private async empty({ remove }: OrganizationPurge, organizationId: string, deadline: number): Promise<boolean> {
    while (Date.now() < deadline) if ((await remove(organizationId, BATCH)) === 0) return true;
    return false;
  }
}
