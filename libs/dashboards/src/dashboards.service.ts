import { Injectable } from '@nestjs/common';
import { Page, type Member } from '#kernel';
import type { SeenVersion } from '#platform/database';
import { parseSort } from '#platform/http';
import { contentOf, DashboardEditor } from './dashboard-editor';
import { changedContent, newContent } from './dashboard-input';
import { DashboardsRepository } from './dashboards.repository';
import {
  toDashboardEntry,
  toDashboardView,
  type DashboardChange,
  type DashboardClone,
  type DashboardEntry,
  type DashboardInput,
  type DashboardsQuery,
  type DashboardView,
} from './dto/dashboard.dto';
import { placeOf } from './dto/validators';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;

/** Dashboards as a whole. */
@Injectable()
export class DashboardsService {
  constructor(
    private readonly dashboards: DashboardsRepository,
    private readonly editor: DashboardEditor,
  ) {}

  async list({ organizationId }: Member, query: DashboardsQuery): Promise<Page<DashboardEntry>> {
    const filter = { ...query, place: placeOf(query.folderId) };
    const { data, meta } = await this.dashboards.search(
      organizationId,
      filter,
      parseSort(query.sort, SORTABLE, 'name'),
    );
    return new Page(data.map(toDashboardEntry), meta);
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId }: Member, id: string): Promise<DashboardView> {
    return toDashboardView(await this.dashboards.get(organizationId, id));
  }

  /** @throws DomainError as `DashboardEditor.create`. */
  async create(member: Member, input: DashboardInput): Promise<DashboardView> {
    return toDashboardView(await this.editor.create(member, newContent(input)));
  }

  /** What the input leaves out is the default again. @throws DomainError as `DashboardEditor.change`. */
  async replace(member: Member, id: string, ifMatch: SeenVersion, input: DashboardInput): Promise<DashboardView> {
    return toDashboardView(await this.editor.change(member, id, ifMatch, () => newContent(input)));
  }

  /** @throws DomainError as `DashboardEditor.change`. */
  async change(member: Member, id: string, ifMatch: SeenVersion, change: DashboardChange): Promise<DashboardView> {
    return toDashboardView(await this.editor.change(member, id, ifMatch, (before) => changedContent(before, change)));
  }

  /** @throws DomainError as `DashboardEditor.delete`. */
  delete(member: Member, id: string, ifMatch: SeenVersion): Promise<void> {
    return this.editor.delete(member, id, ifMatch);
  }

  /** The same under another name, beside the original unless another folder is named. @throws as `DashboardEditor.create` */
  async clone(member: Member, id: string, { name, folderId }: DashboardClone): Promise<DashboardView> {
    const original = contentOf(await this.dashboards.get(member.organizationId, id));
    const content = { ...original, name, ...(folderId !== undefined && { folderId }) };
    return toDashboardView(await this.editor.create(member, content, { original: id }));
  }
}
