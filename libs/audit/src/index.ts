export { AuditHttpModule } from './audit-http.module';
export { AuditMaintenanceModule } from './audit-maintenance.module';
export { AuditModule } from './audit.module';
export { auditSchema } from './audit.schema';
export { ensureAuditPartitions } from './partitions';
