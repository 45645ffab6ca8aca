import { Module } from '@nestjs/common';
import { NodeTypesController } from './node-types.controller';
import { PipelinePartsController } from './pipeline-parts.controller';
import { PipelineVersionsController } from './pipeline-versions.controller';
import { PipelinesController } from './pipelines.controller';
import { PipelinesModule } from './pipelines.module';

@Module({
  imports: [PipelinesModule],
  controllers: [NodeTypesController, PipelinesController, PipelineVersionsController, PipelinePartsController],
})
export class PipelinesHttpModule {}
