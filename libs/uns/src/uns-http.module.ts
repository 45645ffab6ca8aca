import { Module } from '@nestjs/common';
import { UnsDataController } from './data/uns-data.controller';
import { QuarantineController } from './quarantine/quarantine.controller';
import { SchemaBindingsController } from './schemas/schema-bindings.controller';
import { TopicSchemasController } from './schemas/topic-schemas.controller';
import { TopicsController } from './topics/topics.controller';
import { UnsModule } from './uns.module';

@Module({
  imports: [UnsModule],
  controllers: [
    TopicsController,
    TopicSchemasController,
    SchemaBindingsController,
    QuarantineController,
    UnsDataController,
  ],
})
export class UnsHttpModule {}
