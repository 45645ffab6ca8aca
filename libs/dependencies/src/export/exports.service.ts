import { Injectable } from '@nestjs/common';
import { invalid, type Member, type Page } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import type { PageQuery } from '#platform/http';
import { Catalogs, type Catalog, type Known } from '../exchange/catalog';
import { ContentsRepository } from '../exchange/contents.repository';
import { Portables } from '../exchange/portables';
import { byTypeAndName } from '../format';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { ExportWriter } from './export-writer';
import {
  toExportView,
  toWarnings,
  type EntityChoice,
  type EntityName,
  type ExportAnalysisInput,
  type ExportAnalysisView,
  type ExportInput,
  type ExportView,
  type MadeExportView,
} from './export.dto';
import type { ExportRow } from './export.entity';
import { ExportsRepository } from './exports.repository';
import { GraphReferences } from './graph-references';
import { Selection, type Companion } from './selection';

interface Analysis {
  catalog: Catalog;
  selection: Selection;
  selected: Known[];
  required: Companion[];
  optional: Companion[];
}

/** Configuration that leaves the organization, as files. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly database: Database,
    private readonly portables: Portables,
    private readonly catalogs: Catalogs,
    private readonly references: GraphReferences,
    private readonly writer: ExportWriter,
    private readonly exports: ExportsRepository,
    private readonly contents: ContentsRepository,
    private readonly index: DatabaseDependencyIndex,
    private readonly audit: AuditTrail,
  ) {}

  async list({ organizationId }: Member, query: PageQuery): Promise<Page<ExportView>> {
    const { data, meta } = await this.exports.page(organizationId, query);
    return { data: data.map(toExportView), meta };
  }

  async get({ organizationId }: Member, id: string): Promise<ExportView> {
    return toExportView(await this.exports.get(organizationId, id));
  }

  /** With the compressed file. @throws DomainError `not_found` */
  file({ organizationId }: Member, id: string): Promise<ExportRow> {
    return this.exports.withContent(organizationId, id);
  }

  /** What would leave with the entities. @throws DomainError `bad_request` naming what does not exist. */
  async analyze({ organizationId }: Member, { entities }: ExportAnalysisInput): Promise<ExportAnalysisView> {
    const { selected, required, optional, broken } = await this.inSnapshot(organizationId, async () => {
      const analysis = await this.analysis(organizationId, entities);
      const { selection, selected, required } = analysis;
      return { ...analysis, broken: await selection.broken([...selected, ...required]) };
    });
    return {
      selected: selected.map(nameOf),
      required: required.map((one) => ({ ...nameOf(one), neededBy: one.because.map(nameOf) })),
      optional: optional.map((one) => ({ ...nameOf(one), reason: reasonOf(one) })),
      warnings: toWarnings(broken),
      totals: {
        ...{ selected: selected.length, required: required.length, optional: optional.length },
        warnings: broken.length,
      },
    };
  }

  /**
   * Makes the file, as everything is in one moment, and keeps it for a week.
   * @throws DomainError `bad_request` naming what does not exist; `payload_too_large` for more than 64 MiB.
   */
  async create(member: Member, input: ExportInput): Promise<MadeExportView> {
    const { organizationId, userId } = member;
    const { name = 'export', description = null } = input;
    const { compressed, items, bytes, secrets, broken } = await this.inSnapshot(organizationId, async () => {
      const { catalog, selection, selected, required, optional } = await this.analysis(organizationId, input.entities);
      const { include = 'required' } = input;
      const named = typeof include === 'string' ? [] : chooseFrom(catalog, include, 'include');
      const chosen = include === 'all' ? optional : named;
      const whole = unique([...selected, ...required, ...chosen]);
      const entities = unique([...whole, ...(await selection.required(whole))]);
      const broken = await selection.broken(entities);
      return { ...(await this.writer.write(organizationId, catalog, entities, description)), broken };
    });
    return this.database.inOrganization(organizationId, async () => {
      await this.contents.keep(organizationId, 'left', items);
      const row = await this.exports.insert(organizationId, {
        ...{ name, description, items: items.length, bytes, secrets },
        content: compressed,
        createdBy: userId,
      });
      const entity = { type: 'export', id: row.id, name };
      const details = { items: items.length, bytes };
      await this.audit.record({ action: 'export.create', organizationId, entity, details });
      return { ...toExportView(row), warnings: toWarnings(broken), warningCount: broken.length };
    });
  }

  private async inSnapshot<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    // Has the graph be kept, which a snapshot could not.
    await this.index.revision(organizationId);
    return this.database.inSnapshot(organizationId, work);
  }

  private async analysis(
    organizationId: string,
    entities: readonly EntityChoice[] = this.portables.types.map((type) => ({ type })),
  ): Promise<Analysis> {
    const unknown = entities.findIndex(({ type }) => !this.portables.find(type));
    if (unknown >= 0) {
      const field = `entities[${unknown}].type`;
      throw invalid({ field, message: `Type must be one of ${this.portables.types.join(', ')}` });
    }
    const catalog = await this.catalogs.of(organizationId);
    const selection = new Selection(catalog, this.references.of(organizationId));
    const selected = chooseFrom(catalog, entities, 'entities').sort(byTypeAndName);
    const required = await selection.required(selected);
    const optional = await selection.optional([...selected, ...required]);
    return { catalog, selection, selected, required, optional };
  }
}

/** @throws DomainError `bad_request` naming the first that does not exist. */
function chooseFrom(catalog: Catalog, choices: readonly EntityChoice[], field: string): Known[] {
  const whole = new Set(choices.filter(({ id }) => id === undefined).map(({ type }) => type));
  const named = choices.flatMap(({ type, id }, index) => {
    if (id === undefined) return [];
    const found = catalog.byId(type, id.toLowerCase()) ?? catalog.byName({ type, name: id });
    if (!found) throw invalid({ field: `${field}[${index}].id`, message: `There is no ${type} ${id.slice(0, 100)}` });
    return [found];
  });
  return unique([...[...whole].flatMap((type) => catalog.all(type)), ...named]);
}

const unique = (entities: readonly Known[]): Known[] => [
  ...new Map(entities.map((entity) => [`${entity.type}:${entity.id}`, entity])).values(),
];

const nameOf = ({ type, id, name }: Known): EntityName => ({ type, id, name });

function reasonOf({ because: [first, ...others] }: Companion): string {
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `goes with ${first!.type} ${first!.name}${more}`;
}
