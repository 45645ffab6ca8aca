import { Module } from '@nestjs/common';
import { ModelContributor } from './model-contributor';
import { ModelPortable } from './model-portable';
import { ModelRelations } from './model-relations.service';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({
  providers: [ModelsRepository, ModelRelations, ModelsService, ModelContributor, ModelPortable],
  exports: [ModelsService],
})
export class ModelsModule {}
