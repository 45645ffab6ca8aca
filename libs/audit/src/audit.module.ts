import { Module } from '@nestjs/common';
import { AuditTrail } from '#platform/audit';
import { DatabaseAuditTrail } from './database-audit-trail';

@Module({ providers: [{ provide: AuditTrail, useClass: DatabaseAuditTrail }], exports: [AuditTrail] })
export class AuditModule {}
