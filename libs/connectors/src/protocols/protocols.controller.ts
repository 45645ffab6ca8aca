import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Page } from '#kernel';
import { AnswersEntity, AnswersList, Scopes } from '#platform/http';
import { ProtocolQuery, ProtocolView } from './dto/protocol.dto';
import { ProtocolsService } from './protocols.service';

@ApiTags('Connections')
@Controller('connections/protocols')
export class ProtocolsController {
  constructor(private readonly protocols: ProtocolsService) {}

  /** What connections can speak, with the schemas of their configs and functions. */
  @Get()
  @Scopes('connectors:read')
  @AnswersList(ProtocolView)
  list(@Query() query: ProtocolQuery): Page<ProtocolView> {
    return this.protocols.list(query);
  }

  /** One protocol. */
  @Get(':id')
  @Scopes('connectors:read')
  @AnswersEntity(ProtocolView)
  get(@Param('id') id: string): ProtocolView {
    return this.protocols.get(id);
  }
}
