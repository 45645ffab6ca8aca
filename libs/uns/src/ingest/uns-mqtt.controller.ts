import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { MqttData, type MqttMessageContext } from '#platform/mqtt';
import { readMessage } from './read-record';
import { UnsDataService } from '../data/uns-data.service';

/** Data by MQTT: the one handler, whichever broker brings it. The message is acknowledged when it resolves. */
@Controller()
export class UnsMqttController {
  constructor(private readonly data: UnsDataService) {}

  @MqttData()
  async receive(
    @Payload() payload: Buffer,
    @Ctx() { organizationId, topic, retain }: MqttMessageContext,
  ): Promise<void> {
    // An empty retained message takes a retained one back (MQTT 5, section 3.3.1.3); it is no value.
    if (retain && payload.length === 0) return;
    await this.data.receive(organizationId, readMessage(topic, payload));
  }
}
