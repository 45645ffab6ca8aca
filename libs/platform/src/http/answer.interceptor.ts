import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { ANSWER_KIND, CREATES_BESIDE, type AnswerKind } from './answer';

/** The tag of one version of an entity (RFC 9110, section 8.8.3). */
export const entityTag = (version: number): string => `"${version}"`;

/** Gives results their envelope, Location and ETag, by what the route says it answers. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const kind = this.reflector.get<AnswerKind | undefined>(ANSWER_KIND, context.getHandler());
    const beside = this.reflector.get<boolean | undefined>(CREATES_BESIDE, context.getHandler());
    const http = context.switchToHttp();
    const collection = addressOf(http.getRequest<Request>(), beside);
    return next.handle().pipe(map((result: unknown) => shape(kind, result, collection, http.getResponse<Response>())));
  }
}

function addressOf({ originalUrl }: Request, beside = false): string {
  const path = originalUrl.replace(/\/*(\?.*)?$/, '');
  return beside ? path.slice(0, path.lastIndexOf('/')) : path;
}

function shape(kind: AnswerKind | undefined, result: unknown, collection: string, response: Response): unknown {
  switch (kind) {
    case 'created':
      response.setHeader('Location', `${collection}/${(result as { id: string }).id}`);
      setEntityTag(result, response);
      return { data: result };
    case 'entity':
      setEntityTag(result, response);
      return { data: result };
    case 'data':
      return { data: result };
    default:
      return result;
  }
}

function setEntityTag(result: unknown, response: Response): void {
  response.setHeader('ETag', entityTag((result as { version: number }).version));
}
