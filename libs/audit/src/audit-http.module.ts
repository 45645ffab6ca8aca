import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller';
import { AuditModule } from './audit.module';
import { AuditService } from './audit.service';

@Module({ imports: [AuditModule], providers: [AuditService], controllers: [AuditController] })
export class AuditHttpModule {}
