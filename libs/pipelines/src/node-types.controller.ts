import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '#kernel';
import { AnswersEntity, AnswersList, Scopes } from '#platform/http';
import { NodeTypeView } from './dto/node-type.dto';
import { NodeTypesService } from './node-types.service';

@ApiTags('Node types')
@Controller('engine/nodes')
export class NodeTypesController {
  constructor(private readonly types: NodeTypesService) {}

  /** Every type that nodes can be of, all on one page. */
  @Get()
  @Scopes('pipelines:read')
  @AnswersList(NodeTypeView)
  list(): Page<NodeTypeView> {
    return this.types.list();
  }

  /** One type, by its name: `flow.condition`. */
  @Get(':type')
  @Scopes('pipelines:read')
  @AnswersEntity(NodeTypeView)
  get(@Param('type') type: string): NodeTypeView {
    return this.types.get(type);
  }
}
