import { Module } from '@nestjs/common';
import { TopicsController } from './topics/topics.controller';
import { UnsDataController } from './data/uns-data.controller';
import { UnsModule } from './uns.module';
import { UnsSettingsHttpModule } from './settings/uns-settings-http.module';

@Module({ imports: [UnsModule, UnsSettingsHttpModule], controllers: [TopicsController, UnsDataController] })
export class UnsHttpModule {}
