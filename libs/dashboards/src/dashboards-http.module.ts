import { Module } from '@nestjs/common';
import { DashboardsController } from './dashboards.controller';
import { DashboardsModule } from './dashboards.module';
import { DashboardDataController } from './data/dashboard-data.controller';
import { FoldersController } from './folders/folders.controller';
import { PanelTypesController } from './panels/panel-types.controller';
import { PanelsController } from './panels/panels.controller';

@Module({
  imports: [DashboardsModule],
  // Those with fixed addresses first: `folders` is no id of a dashboard.
  controllers: [
    FoldersController,
    PanelTypesController,
    DashboardsController,
    PanelsController,
    DashboardDataController,
  ],
})
export class DashboardsHttpModule {}
