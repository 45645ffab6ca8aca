import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { Answers, Caller, Scopes } from '#platform/http';
import { BrokerService } from './broker.service';
import { BrokerView } from './dto/broker.dto';

@ApiTags('UNS broker')
@Controller('uns/broker')
export class BrokerController {
  constructor(private readonly broker: BrokerService) {}

  /** How the MQTT broker does, with the organization's own messages; system administrators with system:read see the whole instance. */
  @Get()
  @Scopes('uns:read')
  @Answers(BrokerView)
  get(@Caller() member: Member): Promise<BrokerView> {
    return this.broker.get(member);
  }
}
