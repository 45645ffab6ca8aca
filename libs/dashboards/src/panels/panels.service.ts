import { Injectable } from '@nestjs/common';
import { newId, notFound, Page, type Member } from '#kernel';
import type { SeenVersion } from '#platform/database';
import type { PageQuery } from '#platform/http';
import type { Panel } from '../dashboard-content';
import { DashboardEditor } from '../dashboard-editor';
import { changedPanel, toPanel } from '../dashboard-input';
import type { Dashboard } from '../dashboard.entity';
import { DashboardsRepository } from '../dashboards.repository';
import type { PanelChange, PanelInput, PanelReplacement, PanelView, SinglePanelView } from '../dto/panel.dto';

/** Panels of a dashboard, one by one. Every change is one of the dashboard. */
@Injectable()
export class PanelsService {
  constructor(
    private readonly dashboards: DashboardsRepository,
    private readonly editor: DashboardEditor,
  ) {}

  async list({ organizationId }: Member, id: string, { page, limit }: PageQuery): Promise<Page<PanelView>> {
    const { panels } = await this.dashboards.get(organizationId, id);
    return new Page(panels.slice((page - 1) * limit, page * limit), { page, limit, total: panels.length });
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId }: Member, id: string, panelId: string): Promise<SinglePanelView> {
    return viewOf(await this.dashboards.get(organizationId, id), panelId);
  }

  /** @throws DomainError as `DashboardEditor.change`. */
  async add(member: Member, id: string, ifMatch: SeenVersion, input: PanelInput): Promise<SinglePanelView> {
    const named = { ...input, id: input.id ?? newId() };
    const dashboard = await this.editor.change(member, id, ifMatch, (before) => ({
      ...before,
      panels: [...before.panels, toPanel(named, before.panels)],
    }));
    return viewOf(dashboard, named.id);
  }

  /** What the input leaves out is the default again; where it is stays. @throws DomainError as `DashboardEditor.change`. */
  replace(
    member: Member,
    id: string,
    panelId: string,
    ifMatch: SeenVersion,
    input: PanelReplacement,
  ): Promise<SinglePanelView> {
    return this.edit(member, id, panelId, ifMatch, ({ position }) =>
      toPanel({ ...input, id: panelId, position: input.position ?? position }, []),
    );
  }

  /** @throws DomainError as `DashboardEditor.change`. */
  change(
    member: Member,
    id: string,
    panelId: string,
    ifMatch: SeenVersion,
    change: PanelChange,
  ): Promise<SinglePanelView> {
    return this.edit(member, id, panelId, ifMatch, (before) => changedPanel(before, change));
  }

  /** @throws DomainError as `DashboardEditor.change`. */
  async remove(member: Member, id: string, panelId: string, ifMatch: SeenVersion): Promise<void> {
    await this.editor.change(member, id, ifMatch, (before) => {
      const removed = panelOf(before.panels, panelId);
      return { ...before, panels: before.panels.filter((panel) => panel !== removed) };
    });
  }

  private async edit(
    member: Member,
    id: string,
    panelId: string,
    ifMatch: SeenVersion,
    change: (before: Panel) => Panel,
  ): Promise<SinglePanelView> {
    const dashboard = await this.editor.change(member, id, ifMatch, (before) => {
      const changed = panelOf(before.panels, panelId);
      return { ...before, panels: before.panels.map((panel) => (panel === changed ? change(panel) : panel)) };
    });
    return viewOf(dashboard, panelId);
  }
}

const viewOf = ({ panels, version }: Dashboard, panelId: string): SinglePanelView => ({
  ...panelOf(panels, panelId),
  version,
});

/** @throws DomainError `not_found` */
function panelOf(panels: readonly Panel[], panelId: string): Panel {
  const panel = panels.find(({ id }) => id === panelId);
  if (!panel) throw notFound('Panel');
  return panel;
}
