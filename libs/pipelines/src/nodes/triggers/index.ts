import { ConnectionTrigger } from './connection.trigger';
import { ManualTrigger } from './manual.trigger';
import { PipelineEventTrigger } from './pipeline-event.trigger';
import { ScheduleTrigger } from './schedule.trigger';
import { UnsSubscribeTrigger } from './uns-subscribe.trigger';
import { WebhookTrigger } from './webhook.trigger';

export const TRIGGERS = [
  ManualTrigger,
  ScheduleTrigger,
  WebhookTrigger,
  UnsSubscribeTrigger,
  ConnectionTrigger,
  PipelineEventTrigger,
];
