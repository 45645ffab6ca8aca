import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { AnswersRaw, Caller, Scopes } from '#platform/http';
import type { Request, Response } from 'express';
import { StreamQuery } from './stream.dto';
import { StreamService } from './stream.service';

@ApiTags('UNS data')
@Controller('uns/data/stream')
export class StreamController {
  constructor(private readonly streams: StreamService) {}

  /**
   * Values as they are stored, as server-sent events: `open` once everything from then on is told, `record` with a record
   * as JSON, and `gap` with `{from}` where some could not be told. After a break, `Last-Event-ID` goes on where it was, up
   * to five minutes later. Also told are values that are not kept as history.
   */
  @Get()
  @Scopes('uns:read')
  @AnswersRaw()
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The `id` of the last event that was received' })
  @ApiOkResponse({ description: 'Events, until the client goes or its rights end', schema: { type: 'string' } })
  stream(
    @Caller() member: Member,
    @Query() query: StreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.streams.run(member, query.topic, lastEventId, request, response);
  }
}
