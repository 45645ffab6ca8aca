import { Catch, Logger, type ArgumentsHost } from '@nestjs/common';
import { DomainError } from '#kernel';
import { ErrorFilter, STATUS_OF } from '#platform/http';
import type { Request, Response } from 'express';
import { OAuthError } from '../oauth/oauth-error';
import { errorPage } from './error-pages';
import { PAGE_HEADERS } from './page-headers';

/** Refusals and failures of the pages are pages too; programs that look at them get the API's answers. */
@Catch()
export class InteractionErrorFilter extends ErrorFilter {
  private readonly pageLogger = new Logger(InteractionErrorFilter.name);

  override catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = thrown instanceof OAuthError ? new DomainError('bad_request', thrown.message) : thrown;
    if (response.headersSent || request.accepts(['json', 'html']) !== 'html') {
      super.catch(error, host);
    } else if (error instanceof DomainError) {
      if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', Math.ceil(error.retryAfterSeconds));
      this.send(response, STATUS_OF[error.kind], 'Sign-in is not possible', error.message);
    } else {
      this.pageLogger.error(thrown, undefined, `${request.method} ${request.path}`);
      this.send(response, 500, 'Something went wrong', 'Something went wrong on our side. Try again in a moment.');
    }
  }

  private send(response: Response, status: number, title: string, message: string): void {
    response.status(status).set(PAGE_HEADERS).send(errorPage(title, message).text);
  }
}
