import { Injectable } from '@nestjs/common';
import { isId, notFound, type Member } from '#kernel';
import { Database } from '#platform/database';
import {
  keyText,
  WeighsDependencies,
  type DependencyWeigher,
  type EntityKey,
  type Weight,
} from '#platform/dependencies';
import { dashboardKey } from '../dashboard-contribution';

export interface Audience {
  /** People. */
  openNow: number;
  lastSeen: Date;
}

/** Somebody who has said nothing for longer has gone; pages say every minute that they are there. */
const GONE_SECONDS = 120;
/** Who looks at a dashboard is written down no more often. */
const EVERY_SECONDS = 50;

/**
 * Who looks at dashboards. Somebody looks at one from reading its data until two minutes after the last sign; one person
 * with several pages is one. Of each dashboard the last view of all is kept, others for a day.
 */
@Injectable()
@WeighsDependencies()
export class DashboardViews implements DependencyWeigher {
  readonly types = ['dashboard'];

  constructor(private readonly database: Database) {}

  /** Says that somebody looks at it now; nothing for one that does not exist. */
  async note(organizationId: string, dashboardId: string, viewer: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query(NOTE, [organizationId, dashboardId, viewer, EVERY_SECONDS]),
    );
  }

  /** Who looks at one, with whoever asks. @throws DomainError `not_found` */
  async look({ organizationId, userId }: Member, id: string): Promise<Audience> {
    if (!isId(id)) throw notFound('Dashboard');
    await this.note(organizationId, id, userId);
    const audience = (await this.audiences(organizationId, [id])).get(id);
    if (!audience) throw notFound('Dashboard');
    return audience;
  }

  /** By their ids; dashboards that nobody has looked at are left out. */
  async audiences(organizationId: string, ids: readonly string[]): Promise<Map<string, Audience>> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<({ id: string } & Audience)[]>(AUDIENCES, [organizationId, ids, GONE_SECONDS]),
    );
    return new Map(rows.map(({ id, openNow, lastSeen }) => [id, { openNow, lastSeen }]));
  }

  async weights(organizationId: string, entities: readonly EntityKey[]): Promise<Map<string, Weight>> {
    const ids = entities.map(({ key }) => key);
    const audiences = await this.audiences(organizationId, ids);
    const weights = ids.map((id): [string, Weight] => {
      const seen = audiences.get(id);
      const weight = { openNow: seen?.openNow ?? 0, lastSeen: seen?.lastSeen.toISOString() ?? null };
      return [keyText(dashboardKey(id)), weight];
    });
    return new Map(weights);
  }

  /** Forgets views of more than a day ago, of all organizations, but for the last one of each dashboard. */
  async expire(): Promise<void> {
    await this.database.asSystem((manager) => manager.query(EXPIRE));
  }
}

/** The dashboard is held meanwhile: it may be about to go. */
const NOTE = `
  INSERT INTO dashboard_views (organization_id, dashboard_id, viewer, seen_at)
  SELECT organization_id, id, $3::uuid, now() FROM dashboards d
  WHERE organization_id = $1 AND id = $2 AND NOT EXISTS (
    SELECT FROM dashboard_views v WHERE v.organization_id = $1 AND v.dashboard_id = d.id AND v.viewer = $3::uuid
      AND v.seen_at > now() - $4 * interval '1 second'
  ) FOR KEY SHARE
  ON CONFLICT (organization_id, dashboard_id, viewer) DO UPDATE SET seen_at = excluded.seen_at`;

const AUDIENCES = `
  SELECT dashboard_id AS id, max(seen_at) AS "lastSeen",
         (count(*) FILTER (WHERE seen_at > now() - $3 * interval '1 second'))::int AS "openNow"
  FROM dashboard_views WHERE organization_id = $1 AND dashboard_id = ANY ($2::uuid[]) GROUP BY dashboard_id`;

const EXPIRE = `
  DELETE FROM dashboard_views v WHERE seen_at < now() - interval '1 day' AND EXISTS (
    SELECT FROM dashboard_views later WHERE later.organization_id = v.organization_id
      AND later.dashboard_id = v.dashboard_id AND (later.seen_at, later.viewer) > (v.seen_at, v.viewer)
  )`;
