import { Injectable } from '@nestjs/common';
import { conflict, encodeTimeCursor, readTimeCursor, Stretch, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import type { CursorQuery } from '#platform/http';
import { readExchangeFile } from '../format';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { ImportExecutor } from './import-executor';
import { ImportUndoer } from './import-undoer';
import {
  countsOf,
  toImportEntry,
  toImportView,
  toPlanView,
  type ImportEntry,
  type ImportExecution,
  type ImportPlanView,
  type ImportView,
} from './import.dto';
import type { ImportedItem, ImportRow } from './import.entity';
import { ImportsRepository } from './imports.repository';
import { pack, unpack } from './packed';
import type { Plan } from './plan';
import { PlanConflicts } from './plan-conflicts';
import { Planner } from './planner';
import { ProgressReports } from './progress-reports';
import type { Undo } from './touched';
import type { WorkProgress } from './work-progress';

const UNDO_PURPOSE = 'imports.undo';

const itemOf = ({ type, name, action, id }: ImportedItem): ImportedItem => ({ type, name, action, id });

/** Configuration that enters the organization, from files. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    private readonly planner: Planner,
    private readonly conflicts: PlanConflicts,
    private readonly executor: ImportExecutor,
    private readonly undoer: ImportUndoer,
    private readonly imports: ImportsRepository,
    private readonly reports: ProgressReports,
    private readonly index: DatabaseDependencyIndex,
    private readonly secrets: SecretBox,
    private readonly audit: AuditTrail,
  ) {}

  /** Newest first. */
  async list({ organizationId }: Member, { limit, cursor }: CursorQuery): Promise<Stretch<ImportEntry>> {
    const rows = await this.imports.list(organizationId, readTimeCursor(cursor), limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const nextCursor = last ? encodeTimeCursor({ at: last.createdAt, id: last.id }) : null;
    return new Stretch(shown.map(toImportEntry), { nextCursor });
  }

  async get({ organizationId }: Member, id: string): Promise<ImportView> {
    return toImportView(await this.imports.get(organizationId, id));
  }

  /**
   * What an import of the file would do. Nothing is changed by it; where there are problems, nothing is kept.
   * @throws DomainError `bad_request` for what is no such file.
   */
  async validate({ organizationId, userId }: Member, bytes: Buffer): Promise<ImportPlanView> {
    const file = await readExchangeFile(bytes);
    const { plan, problems: own } = await this.database.inSnapshot(organizationId, () =>
      this.planner.plan(organizationId, file),
    );
    // With problems the plan has not all items: what the others let go of would be told as taken.
    const problems = own.length > 0 ? own : await this.conflicts.of(organizationId, plan);
    if (problems.length > 0) return toPlanView(null, plan, problems);
    const planId = await this.imports.insert(organizationId, {
      description: plan.description,
      counts: countsOf(plan.items),
      items: plan.items.map(itemOf),
      plan: await pack(plan),
      createdBy: userId,
    });
    return toPlanView(planId, plan, []);
  }

  /**
   * Does what a plan says, all of it or nothing.
   * @throws DomainError `not_found`; `bad_request` for secrets that are missing; `conflict` for a plan that is done or
   * stale, or whose conflicts are not resolved.
   */
  async execute(member: Member, { planId, resolutions = [], secrets = {} }: ImportExecution): Promise<ImportView> {
    const { organizationId, userId } = member;
    const planned = await this.imports.head(organizationId, planId, 'Plan');
    await this.locked(planned, async (progress) => {
      const row = await this.imports.withWork(organizationId, planId, 'Plan');
      if (row.status !== 'planned') throw conflict('The plan has been executed already');
      if (this.imports.isExpired(row) || !row.plan) throw conflict('The plan is too old; validate the file again');
      const plan = await unpack<Plan>(row.plan);
      const { steps, undo } = await this.executor.execute(member, plan, resolutions, secrets, progress);
      const counts = countsOf(steps);
      await this.imports.update(organizationId, planId, {
        ...{ status: 'applied', counts, plan: null, progress: null, undo: await this.seal(undo) },
        ...{ appliedAt: new Date(), appliedBy: userId },
        // Mostly they are those of the plan: tens of thousands need not be written again.
        ...(steps.some(({ action, planned }) => action !== planned.action) && { items: steps.map(itemOf) }),
      });
      await this.record('import.apply', row, { ...counts });
    });
    return this.get(member, planId);
  }

  /**
   * Makes what an import has changed what it was, all of it or nothing.
   * @throws DomainError `not_found`; `conflict` for an import that is not in force, or of which something has changed
   * since or is used by others; not the latter with `force`.
   */
  async undo(member: Member, id: string, force = false): Promise<ImportView> {
    const { organizationId, userId } = member;
    const applied = await this.imports.head(organizationId, id, 'Import');
    await this.locked(applied, async (progress) => {
      const row = await this.imports.withWork(organizationId, id, 'Import');
      if (row.status === 'planned') throw conflict('The import has not been executed');
      if (row.status === 'undone') throw conflict('The import has been undone already');
      if (this.imports.isFinal(row) || !row.undo) throw conflict('The import is too old to be undone');
      await this.undoer.undo(member, await this.open(row.undo), force, progress);
      await this.imports.update(organizationId, id, {
        ...{ status: 'undone', undo: null, undoneAt: new Date(), undoneBy: userId, progress: null },
      });
      await this.record('import.undo', row, { force });
    });
    return this.get(member, id);
  }

  /** One at a time in an organization, in a transaction whose progress others see. */
  private async locked(row: ImportRow, work: (progress: WorkProgress) => Promise<void>): Promise<void> {
    const { organizationId } = row;
    // Begun ahead of the transaction, the graph of an organization is computed from what was there before.
    await this.index.revision(organizationId);
    await this.reports.during(row, (progress) =>
      this.database.inOrganization(organizationId, async () => {
        await this.imports.lock(organizationId);
        await work(progress);
      }),
    );
  }

  private async seal(undo: Undo): Promise<Buffer> {
    return this.secrets.seal(UNDO_PURPOSE, (await pack(undo)).toString('base64'));
  }

  private open(sealed: Buffer): Promise<Undo> {
    return unpack<Undo>(Buffer.from(this.secrets.open(UNDO_PURPOSE, sealed), 'base64'));
  }

  private record(
    action: string,
    { id, organizationId, description }: ImportRow,
    details: Record<string, number | boolean>,
  ) {
    const entity = { type: 'import', id, ...(description !== null && { name: description.slice(0, 100) }) };
    return this.audit.record({ action, organizationId, entity, details });
  }
}
