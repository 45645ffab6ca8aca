import { Injectable } from '@nestjs/common';
import { isId, notFound, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { In, LessThanOrEqual, MoreThan, type FindOptionsOrder } from 'typeorm';
import { PipelineVersion } from './pipeline-version.entity';
import { definitionOf, Pipeline } from './pipeline.entity';

export interface PipelineFilter {
  search?: string;
  enabled?: boolean;
  labels: Record<string, string>;
}

/** What lists tell: nodes and edges of two hundred pipelines could be hundreds of megabytes. */
export type ListedPipeline = Omit<Pipeline, 'nodes' | 'edges'>;

const LISTED = [
  'id',
  'organizationId',
  'name',
  'description',
  'labels',
  'enabled',
  'settings',
  'version',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
] as const satisfies readonly (keyof ListedPipeline)[];

const READ_AT_ONCE = 20;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Older ones go: a program that saves every minute must not fill the disk. */
export const MOST_VERSIONS = 1_000;

@Injectable()
export class PipelinesRepository extends OrganizationRepository<Pipeline> {
  constructor(database: Database) {
    super(database, Pipeline, 'Pipeline');
  }

  /** For a change: whoever else wants to change it waits for the end of this transaction. @throws DomainError `not_found` */
  async getLocked(organizationId: string, id: string): Promise<Pipeline> {
    if (!isId(id)) throw notFound('Pipeline');
    const row = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOne(Pipeline, { where: { id, organizationId }, lock: { mode: 'pessimistic_write' } }),
    );
    if (!row) throw notFound('Pipeline');
    return row;
  }

  /** For changes of several: whoever else wants to change one waits for the end of this transaction. */
  async hold(organizationId: string, ids: readonly string[]): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query(
        'SELECT 1 FROM pipelines WHERE organization_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE',
        [organizationId, ids],
      ),
    );
  }

  /** Pipelines that the filter lets through, without nodes and edges. */
  search(
    organizationId: string,
    { page, limit, search, enabled, labels }: PageRequest & PipelineFilter,
    order: FindOptionsOrder<Pipeline>,
  ): Promise<Page<ListedPipeline>> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager
        .createQueryBuilder(Pipeline, 'pipeline')
        .select(LISTED.map((field) => `pipeline.${field}`))
        .where({ organizationId });
      if (search) {
        query.andWhere(
          `strpos(lower(pipeline.name || ' ' || coalesce(pipeline.description, '')), lower(:search)) > 0`,
          { search },
        );
      }
      if (enabled !== undefined) query.andWhere('pipeline.enabled = :enabled', { enabled });
      if (Object.keys(labels).length > 0) {
        query.andWhere('pipeline.labels @> :labels', { labels: JSON.stringify(labels) });
      }
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`pipeline.${field}`, direction as 'ASC');
      query.addOrderBy('pipeline.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page<ListedPipeline>(data, { page, limit, total });
    });
  }

  /** All of them, some at a time: a pipeline has up to 2 MiB. */
  async *each(organizationId: string): AsyncGenerator<Pick<Pipeline, 'id' | 'name' | 'nodes'>> {
    for (let last = FIRST_ID, some: Pipeline[] = []; ; last = some.at(-1)!.id) {
      some = await this.database.inOrganization(organizationId, (manager) =>
        manager.find(Pipeline, {
          select: { id: true, name: true, nodes: true },
          where: { organizationId, id: MoreThan(last) },
          order: { id: 'ASC' },
          take: READ_AT_ONCE,
        }),
      );
      yield* some;
      if (some.length < READ_AT_ONCE) return;
    }
  }

  /** Those that exist of them. */
  ofIds(organizationId: string, ids: readonly string[]): Promise<Pipeline[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.findBy(Pipeline, { organizationId, id: In(ids.filter(isId)) }),
    );
  }

  /** Ids by names. */
  names(organizationId: string): Promise<Pick<Pipeline, 'id' | 'name'>[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.find(Pipeline, { select: { id: true, name: true }, where: { organizationId } }),
    );
  }

  isNameTaken(organizationId: string, name: string): Promise<boolean> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager
        .createQueryBuilder(Pipeline, 'pipeline')
        .where({ organizationId })
        .andWhere('lower(pipeline.name) = lower(:name)', { name })
        .getExists(),
    );
  }

  /** Versions without their definitions, newest first. */
  async versions(organizationId: string, pipelineId: string, { page, limit }: PageRequest) {
    const [data, total] = await this.database.inOrganization(organizationId, (manager) =>
      manager.findAndCount(PipelineVersion, {
        select: { version: true, changeType: true, summary: true, createdAt: true, createdBy: true },
        where: { organizationId, pipelineId },
        order: { version: 'DESC' },
        skip: (page - 1) * limit,
        take: limit,
      }),
    );
    return new Page<Omit<PipelineVersion, 'definition'>>(data, { page, limit, total });
  }

  /** @throws DomainError `not_found` */
  async version(organizationId: string, pipelineId: string, version: number): Promise<PipelineVersion> {
    if (!isId(pipelineId)) throw notFound('Pipeline');
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOneBy(PipelineVersion, { organizationId, pipelineId, version }),
    );
    if (!found) throw notFound('Version');
    return found;
  }

  /** Keeps what the pipeline is now. */
  async keepVersion(pipeline: Pipeline, what: Pick<PipelineVersion, 'changeType' | 'summary'>): Promise<void> {
    const { organizationId, id: pipelineId, version, updatedBy: createdBy } = pipeline;
    const row: object = { organizationId, pipelineId, version, definition: definitionOf(pipeline), createdBy, ...what };
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.insert(PipelineVersion, row);
      const outdated = { organizationId, pipelineId, version: LessThanOrEqual(version - MOST_VERSIONS) };
      if (version > MOST_VERSIONS) await manager.delete(PipelineVersion, outdated);
    });
  }
}
