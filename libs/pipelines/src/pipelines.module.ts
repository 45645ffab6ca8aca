import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { NodeTypesService } from './node-types.service';
import { NodesModule } from './nodes';
import { PipelineChecker } from './pipeline-checker';
import { PipelineDefinitions } from './pipeline-definitions';
import { PipelineDependencies } from './pipeline-dependencies';
import { PipelineEditor } from './pipeline-editor';
import { PipelinePartsService } from './pipeline-parts.service';
import { PipelinePortable } from './portable/pipeline-portable';
import { PipelineSecrets } from './pipeline-secrets';
import { PipelineTriggers } from './pipeline-triggers';
import { PipelineVersionsService } from './pipeline-versions.service';
import { PipelinesRepository } from './pipelines.repository';
import { PipelinesService } from './pipelines.service';

@Module({
  imports: [NodesModule, OrganizationsModule],
  providers: [
    NodeTypesService,
    PipelineChecker,
    PipelineDefinitions,
    PipelineDependencies,
    PipelineEditor,
    PipelinePartsService,
    PipelinePortable,
    PipelineSecrets,
    PipelineTriggers,
    PipelineVersionsService,
    PipelinesRepository,
    PipelinesService,
  ],
  exports: [
    NodesModule,
    NodeTypesService,
    PipelineDefinitions,
    PipelinePartsService,
    PipelinesService,
    PipelineTriggers,
    PipelineVersionsService,
  ],
})
export class PipelinesModule {}
