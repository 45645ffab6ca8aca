/** Every way a request can be refused. One table in `platform/http` turns a kind into a status. */
export type ErrorKind =
  | 'bad_request'
  | 'unauthenticated'
  | 'insufficient_scope'
  | 'forbidden'
  | 'organization_suspended'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'missing_organization'
  | 'too_many_requests'
  | 'maintenance'
  | 'unavailable';

export interface FieldProblem {
  field: string;
  message: string;
}

/** An expected refusal. Anything else that is thrown is a bug and answers 500. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details?: object,
    /** Seconds after which trying again makes sense (429 and 503). */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** The first problem is the message in plain words; where there are more, `details` lists all of them. */
export const invalid = (...problems: [FieldProblem, ...FieldProblem[]]): DomainError =>
  new DomainError('bad_request', problems[0].message, problems.length > 1 ? problems : undefined);

export const notFound = (entity: string): DomainError => new DomainError('not_found', `${entity} not found`);

export const conflict = (message: string, details?: object): DomainError =>
  new DomainError('conflict', message, details);

export const forbidden = (message: string): DomainError => new DomainError('forbidden', message);

/** A part the request needs does not answer at the moment. */
export const unavailable = (message: string, retryAfterSeconds = 5): DomainError =>
  new DomainError('unavailable', message, undefined, retryAfterSeconds);
