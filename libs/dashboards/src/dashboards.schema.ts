import type { DatabaseSchema } from '#platform/database';
import { Dashboard } from './dashboard.entity';
import { Folder } from './folders/folder.entity';
import { Dashboards1700000009000 } from './migrations/1700000009000-dashboards';
import { DashboardViews1700000009010 } from './migrations/1700000009010-views';
import { DashboardViewer } from './views/dashboard-viewer.entity';

export const dashboardsSchema: DatabaseSchema = {
  entities: [Folder, Dashboard, DashboardViewer],
  migrations: [Dashboards1700000009000, DashboardViews1700000009010],
};
