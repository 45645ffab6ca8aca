import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { Answers, BodyLimit, Caller, Idempotent, Scopes } from '#platform/http';
import { NodeTestInput, NodeTestView } from './node-test.dto';
import { NodeTestService } from './node-test.service';

/** Outputs of earlier nodes come with it. */
const LARGEST_BODY = 10 * 1024 * 1024;

@ApiTags('Pipelines')
@Controller('engine/pipelines/:id/nodes')
export class NodeTestController {
  constructor(private readonly tests: NodeTestService) {}

  /**
   * Runs one node of the saved pipeline with the nodes it needs, once and without retries, for at most 60 s, and tells what
   * it gave. **What the nodes do outside is done**: a node that publishes publishes; outputs in `upstream` keep earlier
   * nodes from running. No execution is stored, nodes that keep something between runs begin with nothing, other
   * pipelines are not started, and a loop goes to its first item where the node is inside of it.
   */
  @Post(':nodeId/test')
  @Scopes('pipelines:execute')
  @Idempotent()
  @BodyLimit(LARGEST_BODY)
  @Answers(NodeTestView)
  test(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('nodeId') nodeId: string,
    @Body() input: NodeTestInput,
  ): Promise<NodeTestView> {
    return this.tests.test(member, id, nodeId, input);
  }
}
