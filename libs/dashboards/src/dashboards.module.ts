import { Module } from '@nestjs/common';
import { UnsModule } from '#uns';
import { DashboardDependencies } from './dashboard-dependencies';
import { DashboardPortable } from './exchange/dashboard-portable';
import { DashboardViews } from './views/dashboard-views';
import { DashboardEditor } from './dashboard-editor';
import { DashboardsRepository } from './dashboards.repository';
import { DashboardsService } from './dashboards.service';
import { DashboardDataService } from './data/dashboard-data.service';
import { FoldersRepository } from './folders/folders.repository';
import { FoldersService } from './folders/folders.service';
import { PanelsService } from './panels/panels.service';

@Module({
  imports: [UnsModule],
  providers: [
    DashboardDataService,
    DashboardDependencies,
    DashboardEditor,
    DashboardPortable,
    DashboardViews,
    DashboardsRepository,
    DashboardsService,
    FoldersRepository,
    FoldersService,
    PanelsService,
  ],
  exports: [DashboardDataService, DashboardViews, DashboardsService, FoldersService, PanelsService],
})
export class DashboardsModule {}
