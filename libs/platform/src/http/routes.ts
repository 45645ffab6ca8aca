import { applyDecorators, HttpCode, SetMetadata, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiNoContentResponse, ApiProduces, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { Scope } from '#kernel';
import { setAccessRule } from './access';
import { CREATED_IN, setAnswerKind, type AnswerKind } from './answer';
import { LINE_TYPES } from './lines';

/*
 * A handler says who may call it and what it answers; the guard, the interceptors and the OpenAPI document follow.
 */

/** The caller needs this scope, by credential and by role; and every other one that is named. */
export const Scopes = (scope: Scope, ...also: Scope[]): MethodDecorator =>
  setAccessRule({ kind: 'scope', scope, also });

/** Any valid credential will do. */
export const Authenticated = (): MethodDecorator => setAccessRule({ kind: 'authenticated' });

/** Open to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => setAccessRule({ kind: 'public' });

const enveloped = (type: Type, list: boolean): object => {
  const schema = { $ref: getSchemaPath(type) };
  const properties = { data: list ? { type: 'array', items: schema } : schema };
  if (!list) return { type: 'object', required: ['data'], properties };
  return { type: 'object', required: ['data', 'meta'], properties: { ...properties, meta: { type: 'object' } } };
};

function answer(kind: AnswerKind, status: number, type: Type, headers: string[] = [], other?: Type): MethodDecorator {
  const described = Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }]));
  const schemas = [type, ...(other ? [other] : [])].map((shown) => enveloped(shown, kind === 'list'));
  const schema = schemas.length > 1 ? { oneOf: schemas } : schemas[0]!;
  return applyDecorators(
    setAnswerKind(kind),
    HttpCode(status),
    ApiExtraModels(type, ...(other ? [other] : [])),
    ApiResponse({ status, description: 'Done', headers: described, schema }),
  );
}

/** 200 with the result under `data`. */
export const Answers = (type: Type): MethodDecorator => answer('data', 200, type);

/** 200 with one configuration entity and its ETag; or with something else, without one. */
export const AnswersEntity = (type: Type, other?: Type): MethodDecorator =>
  answer('entity', 200, type, ['ETag'], other);

/**
 * 201 with the new entity, its address and ETag. The address lies under the route that was called, or in the collection
 * (`connections`) where it is named: what a clone makes lies beside its original.
 */
export const AnswersCreated = (type: Type, collection?: string): MethodDecorator =>
  applyDecorators(SetMetadata(CREATED_IN, collection), answer('created', 201, type, ['Location', 'ETag']));

/** 202 with what was begun; 200 with the second where the handler gives a `Finished`. */
export const AnswersAccepted = (begun: Type, finished?: Type): MethodDecorator =>
  applyDecorators(
    answer('accepted', 202, begun),
    ...(finished
      ? [
          ApiExtraModels(finished),
          ApiResponse({ status: 200, description: 'Done', schema: enveloped(finished, false) }),
        ]
      : []),
  );

/** 200 with a `Page` or `Stretch`. */
export const AnswersList = (type: Type): MethodDecorator => answer('list', 200, type);

export const ALSO_AS_LINES = 'maestrohub:also-as-lines';

/**
 * The same list also as CSV (RFC 4180) or as one JSON document a line, where `Accept` prefers that; `X-Next-Cursor` then
 * tells where it goes on.
 */
export const AlsoAsLines = (): MethodDecorator =>
  applyDecorators(SetMetadata(ALSO_AS_LINES, true), ApiProduces('application/json', ...LINE_TYPES));

/** 204; or 200 with something where the handler gives it. */
export const AnswersNothing = (other?: Type): MethodDecorator =>
  applyDecorators(
    setAnswerKind('none'),
    HttpCode(204),
    ApiNoContentResponse({ description: 'Done' }),
    ...(other
      ? [ApiExtraModels(other), ApiResponse({ status: 200, description: 'Told', schema: enveloped(other, false) })]
      : []),
  );

/** The handler writes the answer itself; no envelope. */
export const AnswersRaw = (): MethodDecorator => setAnswerKind('raw');

export const BODY_LIMIT = 'maestrohub:body-limit';

/** The largest body in bytes, where it is not the default of 1 MiB. */
export const BodyLimit = (bytes: number): MethodDecorator => SetMetadata(BODY_LIMIT, bytes);

export const BODY_BY_HANDLER = 'maestrohub:body-by-handler';

/** The handler reads the body itself, of whatever type and after checks of its own. */
export const BodyByHandler = (): MethodDecorator => SetMetadata(BODY_BY_HANDLER, true);

export const IDEMPOTENT = 'maestrohub:idempotent';

/**
 * A POST that starts or publishes something: with an `Idempotency-Key`, its first answer is given again for 24 hours. One
 * that keeps the key by itself, with what it starts, is given every request.
 */
export const Idempotent = (keptBy: 'answer' | 'handler' = 'answer'): MethodDecorator => SetMetadata(IDEMPOTENT, keptBy);

export const GUARDED_BY_VERSION = 'maestrohub:if-match';

/** A change that heeds `If-Match`; the handler takes it by `@IfMatch()`. */
export const GuardedByVersion = (): MethodDecorator => SetMetadata(GUARDED_BY_VERSION, true);
