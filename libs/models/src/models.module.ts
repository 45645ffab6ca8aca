import { Module } from '@nestjs/common';
import { ModelRelations } from './model-relations.service';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({ providers: [ModelsRepository, ModelRelations, ModelsService], exports: [ModelsService] })
export class ModelsModule {}
