import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { bumpEpoch } from '../epochs';
import { FEED_MINUTES } from './feed-reader';

const RENEW_MS = 60_000;
/** Filters that an organization may listen to at the same time. */
const MOST_FILTERS = 2_000;

const UNTIL = `now() + interval '${FEED_MINUTES} minutes'`;

/** Says what is listened to, so that whoever stores values puts those into the feed: all that are stored afterwards. */
@Injectable()
export class Watches implements OnApplicationBootstrap {
  private readonly logger = new Logger(Watches.name);
  /** How many streams of this process listen, by organization and filter. */
  private readonly held = new Map<string, Map<string, number>>();

  constructor(
    private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.renewAll(), RENEW_MS).unref();
    this.lifecycle.atShutdown('intake', 'watches', () => clearInterval(timer));
  }

  /** @throws DomainError `too_many_requests` where the organization listens to too much. */
  async hold(organizationId: string, filters: readonly string[]): Promise<void> {
    const held = this.held.get(organizationId) ?? new Map<string, number>();
    this.held.set(organizationId, held);
    for (const filter of filters) held.set(filter, (held.get(filter) ?? 0) + 1);
    try {
      await this.announce(organizationId, filters);
    } catch (error) {
      this.release(organizationId, filters);
      throw error;
    }
  }

  /** Values are put into the feed for some minutes yet: the listener may be back. */
  release(organizationId: string, filters: readonly string[]): void {
    const held = this.held.get(organizationId);
    if (!held) return;
    for (const filter of filters) {
      const others = (held.get(filter) ?? 1) - 1;
      if (others > 0) held.set(filter, others);
      else held.delete(filter);
    }
    if (held.size === 0) this.held.delete(organizationId);
  }

  /** Forgets what nobody has listened to for some minutes. */
  async expire(): Promise<void> {
    const rows = await this.database.asSystem((manager) =>
      manager.query<{ id: string }[]>(
        'SELECT DISTINCT organization_id AS id FROM uns_watches WHERE until < now() LIMIT 1000',
      ),
    );
    for (const { id } of rows) {
      await this.database.asSystem(async (manager) => {
        await bumpEpoch(manager, id, 'watched');
        await manager.query('DELETE FROM uns_watches WHERE organization_id = $1 AND until < now()', [id]);
      });
    }
  }

  /** Filters of the organization that somebody has listened to within the last two minutes, each once. */
  async listenedTo(organizationId: string): Promise<string[]> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ filter: string }[]>(
        `SELECT filter FROM uns_watches WHERE organization_id = $1 AND until > ${UNTIL} - $2 * interval '1 ms'`,
        [organizationId, 2 * RENEW_MS],
      ),
    );
    return rows.map(({ filter }) => filter);
  }

  private announce(organizationId: string, filters: readonly string[]): Promise<void> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const [known] = await manager.query<[{ filter: string }[], number]>(
        `UPDATE uns_watches SET until = ${UNTIL} WHERE organization_id = $1 AND filter = ANY ($2) RETURNING filter`,
        [organizationId, filters],
      );
      if (known.length === new Set(filters).size) return;
      await bumpEpoch(manager, organizationId, 'watched');
      await manager.query(
        `INSERT INTO uns_watches (organization_id, filter, until) SELECT $1, filter, ${UNTIL} FROM unnest($2::text[]) AS t (filter)
         ON CONFLICT (organization_id, filter) DO UPDATE SET until = excluded.until`,
        [organizationId, [...new Set(filters)]],
      );
      const [row] = await manager.query<{ count: string }[]>(
        'SELECT count(*) FROM uns_watches WHERE organization_id = $1',
        [organizationId],
      );
      if (Number(row!.count) <= MOST_FILTERS) return;
      throw new DomainError('too_many_requests', `The organization listens to ${MOST_FILTERS} filters already`);
    });
  }

  private async renewAll(): Promise<void> {
    for (const [organizationId, held] of [...this.held]) {
      await this.announce(organizationId, [...held.keys()]).catch((error: unknown) => this.logger.warn(error));
    }
  }
}
