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
