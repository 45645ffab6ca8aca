export * from './dashboard-content';
export { DashboardsHttpModule } from './dashboards-http.module';
export { DashboardsMaintenanceModule } from './dashboards-maintenance.module';
export { DashboardsModule } from './dashboards.module';
export { dashboardsSchema } from './dashboards.schema';
export { DashboardsService } from './dashboards.service';
export { DashboardViews } from './views/dashboard-views';
export { FoldersService } from './folders/folders.service';
export { PanelsService } from './panels/panels.service';
