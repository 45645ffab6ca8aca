import { Module } from '@nestjs/common';
import { ExecutionsModule } from './executions.module';
import { NodeTestController } from './node-test/node-test.controller';
import { NodeTestService } from './node-test/node-test.service';
import { ExecutionLists } from './read/execution-lists';
import { ExecutionStats } from './read/execution-stats';
import { ExecutionsController } from './read/executions.controller';
import { ExecutionsService } from './read/executions.service';
import { NodeResults } from './read/node-results';
import { PipelineWeights } from './read/pipeline-weights';
import { CancelService } from './retry/cancel.service';
import { RetryManyService } from './retry/retry-many.service';
import { RetrySources } from './retry/retry-sources';
import { RetryController } from './retry/retry.controller';
import { RetryService } from './retry/retry.service';
import { ExecuteController } from './start/execute.controller';
import { ExecuteService } from './start/execute.service';
import { TriggerStatusController } from './triggers/status/trigger-status.controller';
import { TriggerStatusService } from './triggers/status/trigger-status.service';
import { WebhooksModule } from './triggers/webhooks/webhooks.module';

@Module({
  imports: [ExecutionsModule, WebhooksModule],
  controllers: [ExecuteController, NodeTestController, ExecutionsController, RetryController, TriggerStatusController],
  providers: [
    CancelService,
    ExecuteService,
    ExecutionLists,
    ExecutionsService,
    ExecutionStats,
    NodeResults,
    NodeTestService,
    PipelineWeights,
    RetryManyService,
    RetryService,
    RetrySources,
    TriggerStatusService,
  ],
})
export class ExecutionsHttpModule {}
