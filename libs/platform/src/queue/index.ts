export * from './answers';
export * from './maintenance';
export * from './maintenance.module';
export * from './organization-purges';
export * from './queue-tables';
export * from './queue.module';
