import { Catch, HttpException, Logger, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { DomainError, unavailable, type ErrorKind } from '#kernel';
import type { Request, Response } from 'express';
import { AuditTrail } from '../audit';
import { isDeadlock } from '../database';
import { currentLogFields } from '../logging';
import { noteRefusal } from './note-refusal';
import { translateHttpError } from './translate-http-error';

/** The error table of the contract: the one place where a kind becomes a status. */
export const STATUS_OF: Record<ErrorKind, number> = {
  bad_request: 400,
  unauthenticated: 401,
  insufficient_scope: 403,
  forbidden: 403,
  organization_suspended: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  missing_organization: 422,
  too_many_requests: 429,
  maintenance: 503,
  unavailable: 503,
};

/** For refusals that pass (429, 503) where nobody said how soon. */
const RETRY_AFTER_SECONDS = 5;

/** Renders every refusal and every failure; nothing else writes error answers of the API. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  /** @param audit is not there where there is no database. */
  constructor(@Optional() private readonly audit?: AuditTrail) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      // Too late for another answer; that it breaks off tells the caller.
      this.logger.error(thrown);
      response.destroy();
      return;
    }
    const error = translated(thrown);
    const request = host.switchToHttp().getRequest<Request>();
    if (!(error instanceof DomainError)) {
      this.fail(error, request, response);
      return;
    }
    if (this.audit) noteRefusal(this.audit, error, request);
    this.refuse(error, response);
  }

  private refuse(error: DomainError, response: Response): void {
    const status = STATUS_OF[error.kind];
    const passes = status === 429 || status === 503;
    const retryAfter = error.retryAfterSeconds ?? (passes ? RETRY_AFTER_SECONDS : undefined);
    if (retryAfter !== undefined) response.setHeader('Retry-After', Math.ceil(retryAfter));
    if (status === 401) {
      response.setHeader('WWW-Authenticate', 'Bearer').status(401).json({ message: error.message });
      return;
    }
    if (error.kind === 'insufficient_scope') {
      const scope = (error.details as { scope?: string } | undefined)?.scope;
      response.setHeader('WWW-Authenticate', `Bearer error="insufficient_scope"${scope ? `, scope="${scope}"` : ''}`);
      // The guide's body has these two members alone.
      response.status(status).json({ error: error.kind, message: error.message });
      return;
    }
    response.status(status).json({ error: error.kind, message: error.message, details: error.details });
  }

  private fail(error: unknown, request: Request, response: Response): void {
    this.logger.error(error, undefined, `${request.method} ${request.path}`);
    const { requestId } = currentLogFields();
    response.status(500).json({ error: 'internal', message: `Internal error; request id ${requestId ?? 'unknown'}` });
  }
}

function translated(thrown: unknown): unknown {
  if (thrown instanceof HttpException) return translateHttpError(thrown);
  return isDeadlock(thrown) ? unavailable('Others were changing the same at this moment; send it again', 1) : thrown;
}
