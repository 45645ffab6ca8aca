import {
  applyDecorators,
  Injectable,
  StreamableFile,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { AnswersRaw } from '#platform/http';
import type { Request, Response } from 'express';
import { mergeMap, type Observable } from 'rxjs';
import { toDot } from './dot';
import { toMermaid } from './mermaid';
import type { Told } from './told';

const JSON_TYPE = 'application/json';
const MERMAID = 'text/vnd.mermaid';
const DOT = 'text/vnd.graphviz';

/** Of the forms, in tags: each form of an answer has a tag of its own. */
const NAMES = { [JSON_TYPE]: 'json', [MERMAID]: 'mermaid', [DOT]: 'dot' } as const;

/** Ends the tag of a compressed answer: it is another one, with the same content. */
const PACKED = '.gz';

/** Gives a `Told` the form that `Accept` prefers, JSON where it prefers none of them. */
@Injectable()
export class GraphAnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<Told>): Observable<StreamableFile | undefined> {
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    return next.handle().pipe(mergeMap((told) => answer(told, request, response)));
  }
}

async function answer(told: Told, request: Request, response: Response): Promise<StreamableFile | undefined> {
  const type = (request.accepts([JSON_TYPE, MERMAID, DOT]) || JSON_TYPE) as keyof typeof NAMES;
  const packed =
    type === JSON_TYPE && request.acceptsEncodings(['gzip', 'identity']) === 'gzip' ? told.gzip?.() : undefined;
  response.vary('Accept').vary('Accept-Encoding');
  if (told.tag !== undefined) {
    const tag = `${told.tag}.${NAMES[type]}`;
    response.setHeader('ETag', `"${tag}${packed ? PACKED : ''}"`);
    response.setHeader('Cache-Control', 'private, no-cache');
    if (isKnown(request.header('if-none-match'), tag)) {
      response.status(304);
      return undefined;
    }
  }
  if (packed) response.setHeader('Content-Encoding', 'gzip');
  const body = packed ?? (await bodyOf(told, type));
  return new StreamableFile(body, { type: `${type}; charset=utf-8`, length: body.length });
}

/** RFC 9110, section 13.1.2. Express would not look where the client forbids caches, as `fetch` does beside this header. */
const isKnown = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((known) => {
    const [, name] = /^(?:W\/)?"([^"]*)"$/.exec(known.trim()) ?? [];
    return known.trim() === '*' || name === tag || name === tag + PACKED;
  }) ?? false;

async function bodyOf({ json, drawing }: Told, type: string): Promise<Buffer> {
  if (type === JSON_TYPE) return json();
  return Buffer.from((type === DOT ? toDot : toMermaid)(await drawing()));
}

/** 200 with the data in its envelope, or drawn in Mermaid's or Graphviz' language where `Accept` prefers that. */
export const AnswersGraph = (type: Type): MethodDecorator =>
  applyDecorators(
    AnswersRaw(),
    UseInterceptors(GraphAnswerInterceptor),
    ApiExtraModels(type),
    ApiOkResponse({
      description: 'Done',
      content: {
        [JSON_TYPE]: {
          schema: { type: 'object', required: ['data'], properties: { data: { $ref: getSchemaPath(type) } } },
        },
        [MERMAID]: { schema: { type: 'string' } },
        [DOT]: { schema: { type: 'string' } },
      },
    }),
  );
