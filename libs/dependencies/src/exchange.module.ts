import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DependenciesModule } from './dependencies.module';
import { Catalogs } from './exchange/catalog';
import { ContentsRepository } from './exchange/contents.repository';
import { EntityWriter } from './exchange/entity-writer';
import { Portables } from './exchange/portables';
import { ExportWriter } from './export/export-writer';
import { ExportsRepository } from './export/exports.repository';
import { ExportsService } from './export/exports.service';
import { GraphReferences } from './export/graph-references';
import { ImportExecutor } from './import/import-executor';
import { ImportUndoer } from './import/import-undoer';
import { ImportsRepository } from './import/imports.repository';
import { ImportsService } from './import/imports.service';
import { PlanConflicts } from './import/plan-conflicts';
import { Planner } from './import/planner';
import { ProgressReports } from './import/progress-reports';

/** Configuration that leaves and enters organizations. */
@Module({
  imports: [DiscoveryModule, DependenciesModule],
  providers: [
    Portables,
    Catalogs,
    ContentsRepository,
    EntityWriter,
    GraphReferences,
    ExportWriter,
    ExportsRepository,
    ExportsService,
    Planner,
    PlanConflicts,
    ImportExecutor,
    ImportUndoer,
    ImportsRepository,
    ProgressReports,
    ImportsService,
  ],
  exports: [ExportsService, ImportsService],
})
export class ExchangeModule {}
