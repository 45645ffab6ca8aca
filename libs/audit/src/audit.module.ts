import { Module } from '@nestjs/common';
import { AuditTrail } from '#platform/audit';
import { AuditRepository } from './audit.repository';
import { DatabaseAuditTrail } from './database-audit-trail';

@Module({
  providers: [AuditRepository, { provide: AuditTrail, useClass: DatabaseAuditTrail }],
  exports: [AuditRepository, AuditTrail],
})
export class AuditModule {}
