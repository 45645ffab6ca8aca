import { Module } from '@nestjs/common';
import { ModelsController } from './models.controller';
import { ModelsModule } from './models.module';

@Module({ imports: [ModelsModule], controllers: [ModelsController] })
export class ModelsHttpModule {}
