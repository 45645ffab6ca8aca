import type { DatabaseSchema } from '#platform/database';
import { Dashboard } from './dashboard.entity';
import { Folder } from './folders/folder.entity';
import { Dashboards1700000009000 } from './migrations/1700000009000-dashboards';

export const dashboardsSchema: DatabaseSchema = {
  entities: [Folder, Dashboard],
  migrations: [Dashboards1700000009000],
};
