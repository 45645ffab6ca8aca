import { Module } from '@nestjs/common';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({ providers: [ModelsRepository, ModelsService], exports: [ModelsService] })
export class ModelsModule {}
