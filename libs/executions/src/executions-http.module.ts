import { Module } from '@nestjs/common';
import { ExecutionsModule } from './executions.module';
import { ExecuteController } from './start/execute.controller';
import { ExecuteService } from './start/execute.service';
import { TriggerStatusController } from './triggers/status/trigger-status.controller';
import { TriggerStatusService } from './triggers/status/trigger-status.service';
import { WebhooksModule } from './triggers/webhooks/webhooks.module';

@Module({
  imports: [ExecutionsModule, WebhooksModule],
  controllers: [ExecuteController, TriggerStatusController],
  providers: [ExecuteService, TriggerStatusService],
})
export class ExecutionsHttpModule {}
