import { Injectable } from '@nestjs/common';
import { filterProblem, hasScopeOn, invalid, type Member } from '#kernel';
import { Standing } from '#platform/http';
import type { Request, Response } from 'express';
import { requireTopicRight } from '../topics/topic-rights';
import { EventStream } from './event-stream';
import { LiveStreams } from './live-streams';
import { Position } from './position';

/** Rights of open streams are looked at as often as those of MQTT clients. */
const REFRESH_MS = 250;

/** Live values for those who may read them, as long as they may. */
@Injectable()
export class StreamService {
  constructor(
    private readonly streams: LiveStreams,
    private readonly standing: Standing,
  ) {}

  /** Resolves when the stream has ended. @throws DomainError `bad_request`; `insufficient_scope`; `too_many_requests`. */
  async run(
    member: Member,
    filters: readonly string[],
    lastEventId: string | undefined,
    request: Request,
    response: Response,
  ): Promise<void> {
    for (const filter of filters) {
      const problem = filterProblem(filter);
      if (problem) throw invalid({ field: 'topic', message: problem });
      requireTopicRight(member, 'uns:read', filter);
    }
    const events = new EventStream(response);
    const rights = this.watchRights(member, request, events);
    const mayRead = (topic: string): boolean => hasScopeOn(rights.member.scopes, 'uns:read', topic);
    const send = (event: string, data: string, id?: string): Promise<void> => events.send(event, data, id);
    const listener = { filters, mayRead, send, signal: events.signal };
    try {
      await this.streams.run(member.organizationId, listener, readLastEventId(lastEventId));
    } finally {
      rights.stop();
      events.close();
    }
  }

  private watchRights(member: Member, request: Request, events: EventStream): { member: Member; stop: () => void } {
    const rights = { member, stop: () => clearInterval(timer) };
    const refresh = async (): Promise<void> => {
      const now = await this.standing.now(request).catch(() => rights.member);
      if (now) rights.member = now;
      else events.close();
    };
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return rights;
  }
}

function readLastEventId(text: string | undefined): Position | undefined {
  if (!text) return undefined;
  const position = Position.decode(text);
  if (!position) throw invalid({ field: 'Last-Event-ID', message: 'Last-Event-ID must be the id of an earlier event' });
  return position;
}
