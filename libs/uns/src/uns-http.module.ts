import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { UnsDataController } from './data/uns-data.controller';
import { LiveStreams } from './stream/live-streams';
import { StreamController } from './stream/stream.controller';
import { StreamService } from './stream/stream.service';
import { TopicConfigs } from './topics/topic-config.service';
import { TopicDetailsController } from './topics/topic-details.controller';
import { TopicsController } from './topics/topics.controller';
import { UnsModule } from './uns.module';
import { UnsSettingsHttpModule } from './settings/uns-settings-http.module';

@Module({
  imports: [UnsModule, OrganizationsModule, UnsSettingsHttpModule],
  controllers: [TopicsController, TopicDetailsController, UnsDataController, StreamController],
  providers: [LiveStreams, StreamService, TopicConfigs],
})
export class UnsHttpModule {}
