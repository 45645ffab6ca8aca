export { DependenciesMaintenanceModule } from './dependencies-maintenance.module';
export { DependenciesModule } from './dependencies.module';
export { dependenciesSchema } from './dependencies.schema';
