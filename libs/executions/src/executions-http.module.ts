import { Module } from '@nestjs/common';
import { ExecutionsModule } from './executions.module';
import { ExecuteController } from './start/execute.controller';
import { ExecuteService } from './start/execute.service';
import { WebhooksModule } from './triggers/webhooks/webhooks.module';

@Module({
  imports: [ExecutionsModule, WebhooksModule],
  controllers: [ExecuteController],
  providers: [ExecuteService],
})
export class ExecutionsHttpModule {}
