import { Injectable } from '@nestjs/common';
import { conflict, invalid, Page, type Member } from '#kernel';
import { AuditTrail, changesBetween, type AuditEntry } from '#platform/audit';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort } from '#platform/http';
import {
  toFolderView,
  type FolderChange,
  type FolderInput,
  type FoldersQuery,
  type FolderView,
} from '../dto/folder.dto';
import { placeOf } from '../dto/validators';
import { MOST_FOLDERS, placementProblem } from './folder-rules';
import type { Folder } from './folder.entity';
import { FoldersRepository } from './folders.repository';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;
/** Of what lies in a folder that cannot be deleted for it. */
const MOST_DEPENDENTS = 100;

/** Where dashboards lie. */
@Injectable()
export class FoldersService {
  constructor(
    private readonly database: Database,
    private readonly folders: FoldersRepository,
    private readonly audit: AuditTrail,
  ) {}

  async list({ organizationId }: Member, query: FoldersQuery): Promise<Page<FolderView>> {
    const filter = { ...query, place: placeOf(query.parentId) };
    const { data, meta } = await this.folders.search(organizationId, filter, parseSort(query.sort, SORTABLE, 'name'));
    return new Page(data.map(toFolderView), meta);
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId }: Member, id: string): Promise<FolderView> {
    return toFolderView(await this.folders.get(organizationId, id));
  }

  /** @throws DomainError `bad_request` for a place that is none; `conflict` for a name that is taken there. */
  create({ organizationId, userId }: Member, { name, parentId = null }: FolderInput): Promise<FolderView> {
    return this.changing(organizationId, async () => {
      const parents = await this.folders.parents(organizationId);
      if (parents.size >= MOST_FOLDERS) throw conflict(`An organization has ${MOST_FOLDERS} folders at most`);
      requirePlacement(placementProblem(parents, undefined, parentId));
      const values: object = { name, parentId, createdBy: userId, updatedBy: userId };
      const folder = await this.folders.insert(organizationId, values);
      await this.record('create', folder);
      return toFolderView(folder);
    });
  }

  /** @throws DomainError as `create`; `not_found`; `precondition_failed`. */
  change(
    { organizationId, userId }: Member,
    id: string,
    ifMatch: SeenVersion,
    { name, parentId }: FolderChange,
  ): Promise<FolderView> {
    return this.changing(organizationId, async () => {
      const before = await this.folders.get(organizationId, id);
      requireVersion(before, ifMatch);
      if (parentId !== undefined) {
        requirePlacement(placementProblem(await this.folders.parents(organizationId), before.id, parentId));
      }
      const change: object = {
        ...(name !== undefined && { name }),
        ...(parentId !== undefined && { parentId }),
        updatedBy: userId,
      };
      const after = await this.folders.update(organizationId, id, before.version, change);
      await this.record('update', after, { changes: changesBetween(before, after, ['name', 'parentId']) });
      return toFolderView(after);
    });
  }

  /** @throws DomainError `not_found`; `precondition_failed`; `conflict` with what lies in it in `details.dependents`. */
  delete({ organizationId }: Member, id: string, ifMatch: SeenVersion): Promise<void> {
    return this.changing(organizationId, async () => {
      const folder = await this.folders.get(organizationId, id);
      requireVersion(folder, ifMatch);
      const dependents = await this.folders.content(organizationId, id, MOST_DEPENDENTS);
      if (dependents.length > 0) throw conflict('Folder is not empty', { dependents });
      await this.folders.delete(organizationId, id);
      await this.record('delete', folder);
    });
  }

  /** One change of the tree after another, or two of them could make what each alone may not. */
  private async changing<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.database.inOrganization(organizationId, async () => {
        await this.folders.lock(organizationId);
        return work();
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'dashboard_folders_name_key')) throw error;
      throw conflict('Name is taken by another folder in the same place');
    }
  }

  private record(
    verb: string,
    { id, organizationId, name }: Folder,
    more?: Pick<AuditEntry, 'changes'>,
  ): Promise<void> {
    const entity = { type: 'dashboard-folder', id, name };
    return this.audit.record({ action: `dashboard-folder.${verb}`, organizationId, entity, ...more });
  }
}

function requirePlacement(problem: string | undefined): void {
  if (problem !== undefined) throw invalid({ field: 'parentId', message: problem });
}
