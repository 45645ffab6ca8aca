import { Module, type OnModuleInit } from '@nestjs/common';
import { DocumentedPaths } from '#platform/http';
import { ExecutionsModule } from '../../executions.module';
import { WebhookController } from './webhook.controller';
import { WebhookIndex } from './webhook-index';
import { WEBHOOK_PATHS } from './webhook-paths';
import { WebhookService } from './webhook.service';
import { WebhookWaiting } from './webhook-waiting';

/** HTTP requests that start pipelines; for the API process. */
@Module({
  imports: [ExecutionsModule],
  controllers: [WebhookController],
  providers: [WebhookIndex, WebhookService, WebhookWaiting],
})
export class WebhooksModule implements OnModuleInit {
  constructor(private readonly documented: DocumentedPaths) {}

  onModuleInit(): void {
    this.documented.add(WEBHOOK_PATHS);
  }
}
