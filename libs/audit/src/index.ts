export { AuditModule } from './audit.module';
export { auditSchema } from './audit.schema';
