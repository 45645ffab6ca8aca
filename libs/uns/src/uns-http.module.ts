import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { UnsDataController } from './data/uns-data.controller';
import { LiveStreams } from './stream/live-streams';
import { StreamController } from './stream/stream.controller';
import { StreamService } from './stream/stream.service';
import { TopicConfigs } from './topics/topic-config.service';
import { TopicDetailsController } from './topics/topic-details.controller';
import { TopicsController } from './topics/topics.controller';
import { UnsModule } from './uns.module';

/** The namespace by REST. The given modules export `RecordRetention`. */
@Module({
  controllers: [TopicsController, TopicDetailsController, UnsDataController, StreamController],
  providers: [LiveStreams, StreamService, TopicConfigs],
})
export class UnsHttpModule {
  static with(ports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: UnsHttpModule, imports: [UnsModule, ...ports] };
  }
}
