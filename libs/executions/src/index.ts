export { ExecutionsHttpModule } from './executions-http.module';
export { ensureExecutionPartitions } from './partitions';
export { ExecutionsModule } from './executions.module';
export { executionsSchema } from './executions.schema';
export { ExecutionsWorkerModule } from './executions-worker.module';
