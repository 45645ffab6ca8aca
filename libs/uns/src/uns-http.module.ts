import { Module } from '@nestjs/common';
import { UnsDataController } from './data/uns-data.controller';
import { LiveStreams } from './stream/live-streams';
import { StreamController } from './stream/stream.controller';
import { StreamService } from './stream/stream.service';
import { TopicsController } from './topics/topics.controller';
import { UnsModule } from './uns.module';

@Module({
  imports: [UnsModule],
  controllers: [TopicsController, UnsDataController, StreamController],
  providers: [LiveStreams, StreamService],
})
export class UnsHttpModule {}
