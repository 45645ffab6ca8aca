import { Injectable } from '@nestjs/common';
import { conflict, invalid, type Member } from '#kernel';
import { AuditTrail, type AuditEntry } from '#platform/audit';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex } from '#platform/dependencies';
import { contributionOf, dashboardKey } from './dashboard-contribution';
import { summaryOf } from './dashboard-changes';
import { MOST_DASHBOARDS, type DashboardContent } from './dashboard-content';
import { requireSound } from './dashboard-rules';
import type { Dashboard } from './dashboard.entity';
import { DashboardsRepository } from './dashboards.repository';
import { FoldersRepository } from './folders/folders.repository';

/**
 * The one way by which dashboards are changed: checked as a whole, counted up, and written down in the trail; all of it or
 * nothing. Changes in one organization wait for one another, so that none is lost.
 */
@Injectable()
export class DashboardEditor {
  constructor(
    private readonly database: Database,
    private readonly dashboards: DashboardsRepository,
    private readonly folders: FoldersRepository,
    private readonly audit: AuditTrail,
    private readonly index: DependencyIndex,
  ) {}

  /**
   * @param origin the id that it has been given already, and the dashboard that it is a clone of.
   * @throws DomainError `bad_request` with every problem; `conflict` for a name that is taken in the folder, or where an
   * organization has all dashboards that it may have; `payload_too_large`.
   */
  create(
    { organizationId, userId }: Member,
    content: DashboardContent,
    { id, original }: { id?: string; original?: string } = {},
  ): Promise<Dashboard> {
    requireSound(content);
    return this.changing(organizationId, async () => {
      if ((await this.dashboards.count(organizationId)) >= MOST_DASHBOARDS) {
        throw conflict(`An organization has ${MOST_DASHBOARDS} dashboards at most`);
      }
      await this.requireFolder(organizationId, content.folderId);
      const values: object = { ...(id !== undefined && { id }), ...content, createdBy: userId, updatedBy: userId };
      const dashboard = await this.dashboards.insert(organizationId, values);
      const details = { version: dashboard.version, ...(original !== undefined && { original }) };
      await this.record(original === undefined ? 'create' : 'clone', dashboard, { details });
      await this.index.keep(organizationId, [contributionOf(dashboard)]);
      return dashboard;
    });
  }

  /** @throws DomainError as `create`; `not_found`; `precondition_failed`. */
  change(
    { organizationId, userId }: Member,
    id: string,
    ifMatch: SeenVersion,
    edit: (before: DashboardContent) => DashboardContent,
  ): Promise<Dashboard> {
    return this.changing(organizationId, async () => {
      const row = await this.dashboards.get(organizationId, id);
      requireVersion(row, ifMatch);
      const before = contentOf(row);
      const after = edit(before);
      requireSound(after);
      if (after.folderId !== before.folderId) await this.requireFolder(organizationId, after.folderId);
      const change: object = { ...after, updatedBy: userId };
      const dashboard = await this.dashboards.update(organizationId, id, row.version, change);
      const details = { version: dashboard.version, summary: summaryOf(before, after) };
      await this.record('update', dashboard, { details });
      await this.index.keep(organizationId, [contributionOf(dashboard)]);
      return dashboard;
    });
  }

  /** @throws DomainError `not_found`; `precondition_failed`. */
  delete({ organizationId }: Member, id: string, ifMatch: SeenVersion): Promise<void> {
    return this.changing(organizationId, async () => {
      const dashboard = await this.dashboards.get(organizationId, id);
      requireVersion(dashboard, ifMatch);
      await this.dashboards.delete(organizationId, id);
      await this.record('delete', dashboard);
      await this.index.remove(organizationId, [dashboardKey(id)]);
    });
  }

  private async requireFolder(organizationId: string, folderId: string | null): Promise<void> {
    if (folderId === null || (await this.folders.exists(organizationId, folderId))) return;
    throw invalid({ field: 'folderId', message: 'Folder not found' });
  }

  private async changing<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.database.inOrganization(organizationId, async () => {
        await this.folders.lock(organizationId);
        return work();
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'dashboards_name_key')) throw error;
      throw conflict('Name is taken by another dashboard in the same folder');
    }
  }

  private record(verb: string, dashboard: Dashboard, more?: Pick<AuditEntry, 'details'>): Promise<void> {
    const { id, organizationId, name } = dashboard;
    const entity = { type: 'dashboard', id, name };
    return this.audit.record({ action: `dashboard.${verb}`, organizationId, entity, ...more });
  }
}

/** What people decide of a dashboard, without what the platform knows. */
export const contentOf = (dashboard: Dashboard): DashboardContent => ({
  name: dashboard.name,
  description: dashboard.description,
  folderId: dashboard.folderId,
  timeRange: dashboard.timeRange,
  refreshSeconds: dashboard.refreshSeconds,
  variables: dashboard.variables,
  panels: dashboard.panels,
});
