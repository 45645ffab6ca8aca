export { ExecutionsHttpModule } from './executions-http.module';
export { ExecutionsMaintenanceModule } from './executions-maintenance.module';
export { purgeHistory, type HistoryPurge } from './retention/purge-history';
export { ensureExecutionPartitions } from './partitions';
export { ExecutionsModule } from './executions.module';
export { executionsSchema } from './executions.schema';
export { ExecutionsWorkerModule } from './executions-worker.module';
export { TriggersMaintenanceModule } from './triggers/triggers-maintenance.module';
