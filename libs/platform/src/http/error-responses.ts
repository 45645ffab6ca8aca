import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

/** The body of every error but 401. */
export class ErrorAnswer {
  /** Stable code for programs. */
  @ApiProperty({ example: 'bad_request' })
  error!: string;

  /** Plain words for people. */
  @ApiProperty({ example: 'Topic is required' })
  message!: string;

  /** Every problem, the dependents of an entity, and the like. */
  @ApiPropertyOptional({ type: 'array', items: { type: 'object' } })
  details?: object[];
}

/** The body of 401. */
export class UnauthorizedAnswer {
  @ApiProperty({ example: 'missing or invalid token' })
  message!: string;
}

const TEXT = {
  400: ['The request is malformed', { error: 'bad_request', message: 'Topic is required' }],
  401: ['No valid token', { message: 'missing or invalid token' }],
  403: [
    'Scope, membership or role is missing',
    { error: 'insufficient_scope', message: 'Token does not have the required scope for this action' },
  ],
  404: ['Does not exist in this organization', { error: 'not_found', message: 'Topic not found' }],
  409: ['The state does not allow it', { error: 'conflict', message: 'Name is taken' }],
  412: ['If-Match is stale', { error: 'precondition_failed', message: 'It has been changed meanwhile; read it again' }],
  413: ['The body is too large', { error: 'payload_too_large', message: 'Body must be at most 1 MiB' }],
  422: [
    'X-Organization-ID is missing or no id',
    { error: 'missing_organization', message: 'Personal Access Token requests require the X-Organization-ID header' },
  ],
  429: ['Too many requests; see Retry-After', { error: 'too_many_requests', message: 'Too many requests' }],
  503: ['A part it needs is down; see Retry-After', { error: 'unavailable', message: 'The database does not answer' }],
} satisfies Record<number, [description: string, example: object]>;

export type ErrorStatus = keyof typeof TEXT;

/** One error answer for the OpenAPI document, with its example body. */
export function errorResponse(status: ErrorStatus): object {
  const [description, example] = TEXT[status];
  const schema = { $ref: getSchemaPath(status === 401 ? UnauthorizedAnswer : ErrorAnswer) };
  return { description, content: { 'application/json': { schema, example } } };
}
