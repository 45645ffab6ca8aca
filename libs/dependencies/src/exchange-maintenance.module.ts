import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { ContentsRepository } from './exchange/contents.repository';
import { ExportsRepository } from './export/exports.repository';
import { ImportsRepository } from './import/imports.repository';

const TABLES = ['dependency_contents', 'dependency_exports', 'dependency_imports'];
const BATCH = 5_000;

/** Housekeeping of exports and imports, for the worker process: what is old goes, and what deleted organizations had. */
@Module({ providers: [ContentsRepository, ExportsRepository, ImportsRepository] })
export class ExchangeMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
    private readonly contents: ContentsRepository,
    private readonly exports: ExportsRepository,
    private readonly imports: ImportsRepository,
  ) {}

  onModuleInit(): void {
    for (const table of TABLES) {
      const remove = (id: string, limit: number) =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table, remove });
    }
    this.tasks.register({ name: 'dependencies.exchange', everyMinutes: 60, run: () => this.removeOld() });
  }

  private async removeOld(): Promise<void> {
    await this.exports.removeExpired();
    await this.imports.removeExpired();
    while ((await this.contents.forgetOld(BATCH)) === BATCH);
  }
}
