import type { DatabaseSchema } from '#platform/database';
import { Pipelines1700000006000 } from './migrations/1700000006000-pipelines';
import { PipelineTrigger, PipelineTriggerChanges } from './pipeline-trigger.entity';
import { PipelineVersion } from './pipeline-version.entity';
import { Pipeline } from './pipeline.entity';

export const pipelinesSchema: DatabaseSchema = {
  entities: [Pipeline, PipelineVersion, PipelineTrigger, PipelineTriggerChanges],
  migrations: [Pipelines1700000006000],
};
