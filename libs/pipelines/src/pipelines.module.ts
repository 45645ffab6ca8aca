import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { OrganizationsModule } from '#organizations';
import { NodeTypeRegistry } from './node-types';
import { NodeTypesService } from './node-types.service';
import { PipelineChecker } from './pipeline-checker';
import { PipelineDefinitions } from './pipeline-definitions';
import { PipelineEditor } from './pipeline-editor';
import { PipelinePartsService } from './pipeline-parts.service';
import { PipelineSecrets } from './pipeline-secrets';
import { PipelineTriggers } from './pipeline-triggers';
import { PipelineVersionsService } from './pipeline-versions.service';
import { PipelinesRepository } from './pipelines.repository';
import { PipelinesService } from './pipelines.service';

@Module({
  imports: [DiscoveryModule, OrganizationsModule],
  providers: [
    NodeTypeRegistry,
    NodeTypesService,
    PipelineChecker,
    PipelineDefinitions,
    PipelineEditor,
    PipelinePartsService,
    PipelineSecrets,
    PipelineTriggers,
    PipelineVersionsService,
    PipelinesRepository,
    PipelinesService,
  ],
  exports: [
    NodeTypeRegistry,
    NodeTypesService,
    PipelineDefinitions,
    PipelinePartsService,
    PipelinesService,
    PipelineTriggers,
    PipelineVersionsService,
  ],
})
export class PipelinesModule {}
