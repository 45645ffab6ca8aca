import { Module } from '@nestjs/common';
import { TopicsController } from './topics/topics.controller';
import { UnsDataController } from './data/uns-data.controller';
import { UnsModule } from './uns.module';

@Module({ imports: [UnsModule], controllers: [TopicsController, UnsDataController] })
export class UnsHttpModule {}
