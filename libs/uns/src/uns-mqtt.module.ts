import { Module } from '@nestjs/common';
import { UnsMqttController } from './ingest/uns-mqtt.controller';
import { UnsModule } from './uns.module';

/** MQTT data in; for the process that runs the transport. */
@Module({ imports: [UnsModule], controllers: [UnsMqttController] })
export class UnsMqttModule {}
