import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';

/** A refusal in the form of RFC 6749, section 5.2. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  constructor(
    readonly status: 400 | 401,
    readonly code: 'invalid_request' | 'invalid_client' | 'unauthorized_client',
    description: string,
  ) {
    super(description);
  }
}

@Catch(OAuthError)
export class OAuthErrorFilter implements ExceptionFilter<OAuthError> {
  catch({ status, code, message }: OAuthError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (status === 401) response.setHeader('WWW-Authenticate', `Basic error="${code}"`);
    response.status(status).json({ error: code, error_description: message });
  }
}

/** A refusal of a bearer token in the form of RFC 6750, section 3; without a code where there was no token at all. */
export class BearerError extends Error {
  override readonly name = 'BearerError';

  constructor(
    readonly status: 401 | 403,
    readonly code: 'invalid_token' | 'insufficient_scope' | undefined,
    readonly scope?: string,
  ) {
    super(code ?? 'no token');
  }
}

@Catch(BearerError)
export class BearerErrorFilter implements ExceptionFilter<BearerError> {
  catch({ status, code, scope }: BearerError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const attributes = [...(code ? [`error="${code}"`] : []), ...(scope ? [`scope="${scope}"`] : [])];
    response.setHeader('WWW-Authenticate', ['Bearer', attributes.join(', ')].join(' ').trim());
    response.status(status).json({ error: code ?? 'invalid_token' });
  }
}
