import { Injectable, Logger } from '@nestjs/common';
import type { PipelineTrigger } from '#pipelines';
import { TriggerBook } from '../trigger-book';
import { readWebhook, type Webhook } from './webhook';

/** The webhooks of all enabled pipelines, by their paths. */
@Injectable()
export class WebhookIndex {
  private readonly logger = new Logger(WebhookIndex.name);
  private readonly byPath = new Map<string, Webhook>();
  private readonly byOrganization = new Map<string, readonly Webhook[]>();

  constructor(private readonly book: TriggerBook) {
    book.listen((organizationId, triggers) => this.replace(organizationId, triggers));
  }

  /** Whoever has just enabled a pipeline may call its webhook at once: before a path is unknown, it is looked again. */
  async find(path: string): Promise<Webhook | undefined> {
    const known = this.byPath.get(path);
    if (known) return known;
    await this.book.look();
    return this.byPath.get(path);
  }

  private replace(organizationId: string, triggers: readonly PipelineTrigger[]): void {
    for (const before of this.byOrganization.get(organizationId) ?? []) {
      // Another organization may have taken the path since.
      if (this.byPath.get(before.path) === before) this.byPath.delete(before.path);
    }
    const webhooks = triggers.filter(({ type }) => type === 'trigger.webhook').flatMap((one) => this.read(one));
    for (const webhook of webhooks) this.byPath.set(webhook.path, webhook);
    if (webhooks.length > 0) this.byOrganization.set(organizationId, webhooks);
    else this.byOrganization.delete(organizationId);
  }

  private read(trigger: PipelineTrigger): Webhook[] {
    try {
      return [readWebhook(trigger)];
    } catch (error) {
      this.logger.warn(`webhook of pipeline ${trigger.pipelineId} cannot be read: ${String(error)}`);
      return [];
    }
  }
}
