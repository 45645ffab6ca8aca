import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { ANSWER_KIND, CREATED_IN, Finished, type AnswerKind } from './answer';
import { LINE_TYPES, toLines, type LineType } from './lines';
import { API_PREFIX } from './route-table';
import { ALSO_AS_LINES } from './routes';

/** The tag of one version of an entity (RFC 9110, section 8.8.3). */
export const entityTag = (version: number): string => `"${version}"`;

/** Gives results their envelope, Location and ETag, by what the route says it answers. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const kind = this.reflector.get<AnswerKind | undefined>(ANSWER_KIND, context.getHandler());
    const collection = this.reflector.get<string | undefined>(CREATED_IN, context.getHandler());
    const alsoAsLines = this.reflector.get<boolean | undefined>(ALSO_AS_LINES, context.getHandler()) ?? false;
    const http = context.switchToHttp();
    return next.handle().pipe(
      map((result: unknown) => {
        const type = alsoAsLines ? preferredLines(http.getRequest<Request>()) : undefined;
        if (type) return asLines(result as List, type, http.getResponse<Response>());
        const address = collection ? `/${API_PREFIX}/${collection}` : addressOf(http.getRequest<Request>());
        return shape(kind, result, address, http.getResponse<Response>());
      }),
    );
  }
}

/** What was called, without query. */
const addressOf = ({ originalUrl }: Request): string => originalUrl.replace(/\/*(\?.*)?$/, '');

interface List {
  data: object[];
  meta: { nextCursor?: string | null };
}

function preferredLines(request: Request): LineType | undefined {
  const preferred = request.accepts(['application/json', ...LINE_TYPES]);
  return LINE_TYPES.find((type) => type === preferred);
}

function asLines({ data, meta }: List, type: LineType, response: Response): string {
  response.setHeader('Content-Type', `${type}; charset=utf-8`);
  if (meta.nextCursor) response.setHeader('X-Next-Cursor', meta.nextCursor);
  return toLines(data, type);
}

function shape(kind: AnswerKind | undefined, result: unknown, address: string, response: Response): unknown {
  switch (kind) {
    case 'created':
      response.setHeader('Location', `${address}/${(result as { id: string }).id}`);
      setEntityTag(result, response);
      return { data: result };
    case 'entity':
      setEntityTag(result, response);
      return { data: result };
    case 'accepted':
      if (!(result instanceof Finished)) return { data: result };
      response.status(200);
      return { data: result.data as unknown };
    case 'none':
      if (result === undefined) return result;
      response.status(200);
      return { data: result };
    case 'data':
      return { data: result };
    default:
      return result;
  }
}

/** What only happens, such as an execution, has no versions. */
function setEntityTag(result: unknown, response: Response): void {
  const { version } = result as { version?: number };
  if (version !== undefined) response.setHeader('ETag', entityTag(version));
}
