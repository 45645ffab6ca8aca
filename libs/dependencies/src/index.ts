export { DatabaseDependencyIndex } from './index/database-dependency-index';
export { DependenciesHttpModule } from './dependencies-http.module';
export { DependenciesMaintenanceModule } from './dependencies-maintenance.module';
export { Contributors } from './index/contributors';
export { DependenciesModule } from './dependencies.module';
export { dependenciesSchema } from './dependencies.schema';
export { ExchangeHttpModule } from './exchange-http.module';
export { ExchangeMaintenanceModule } from './exchange-maintenance.module';
