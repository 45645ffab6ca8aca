import { Injectable } from '@nestjs/common';
import type { Member } from '#kernel';
import { Database } from '#platform/database';
import {
  IsPortable,
  namesOfPath,
  type ChangedEntity,
  type EnteringEntity,
  type Portable,
  type PortableContent,
  type PortableEntity,
} from '#platform/dependencies';
import { DashboardEditor } from '../dashboard-editor';
import { DashboardsRepository } from '../dashboards.repository';
import { FoldersRepository } from '../folders/folders.repository';
import { FoldersService } from '../folders/folders.service';
import { checkDashboard, plain, toExchanged, type ExchangedContent } from './dashboard-exchange';
import { FolderPaths } from './folder-paths';

/** Dashboards that leave and enter organizations. They name topics by their paths, which are the same everywhere. */
@Injectable()
@IsPortable()
export class DashboardPortable implements Portable {
  readonly type = 'dashboard';
  readonly after = [];
  readonly caseless = true;
  readonly check = checkDashboard;

  constructor(
    private readonly database: Database,
    private readonly dashboards: DashboardsRepository,
    private readonly editor: DashboardEditor,
    private readonly folders: FoldersRepository,
    private readonly folderService: FoldersService,
  ) {}

  mapReferences(content: PortableContent): PortableContent {
    return content;
  }

  async names(organizationId: string): Promise<Map<string, string>> {
    const paths = new FolderPaths(await this.folders.places(organizationId));
    const all = await this.dashboards.places(organizationId);
    return new Map(all.map((dashboard) => [paths.pathOf(dashboard), dashboard.id]));
  }

  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    const paths = new FolderPaths(await this.folders.places(organizationId));
    const found = await this.dashboards.byIds(organizationId, ids);
    return found.map((dashboard) => ({
      id: dashboard.id,
      name: paths.pathOf(dashboard),
      version: dashboard.version,
      content: plain(toExchanged(dashboard)),
      secrets: new Map(),
    }));
  }

  /** Folders that are missing are made. */
  create(member: Member, { id, name, content }: EnteringEntity): Promise<void> {
    return this.database.inOrganization(member.organizationId, async () => {
      const folderId = await this.folderOf(member, name);
      await this.editor.create(member, { ...contentOf(content), name: lastOf(name), folderId }, { id });
    });
  }

  async update(member: Member, { id, version, name, content }: ChangedEntity): Promise<void> {
    await this.editor.change(member, id, version, ({ folderId }) => ({
      ...contentOf(content),
      name: lastOf(name),
      folderId,
    }));
  }

  /** Folders stay, also those that were made for it: others may have come to lie there. */
  delete(member: Member, id: string, version?: number): Promise<void> {
    return this.editor.delete(member, id, version);
  }

  private async folderOf(member: Member, path: string): Promise<string | null> {
    const { organizationId } = member;
    await this.folders.lock(organizationId);
    const paths = new FolderPaths(await this.folders.places(organizationId));
    let at: string | null = null;
    for (const name of namesOfPath(path).slice(0, -1)) {
      at = paths.find(at, name) ?? (await this.folderService.create(member, { name, parentId: at })).id;
    }
    return at;
  }
}

const contentOf = (content: PortableContent): ExchangedContent => content as unknown as ExchangedContent;

const lastOf = (path: string): string => namesOfPath(path).at(-1)!;
