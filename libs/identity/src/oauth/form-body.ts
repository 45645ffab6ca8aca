import { urlencoded, type Request, type Response } from 'express';
import { OAuthError } from './oauth-error';

const parse = urlencoded({ extended: false, limit: 64 * 1024 });

/** The fields of a form-encoded body (RFC 6749, appendix B). @throws OAuthError `invalid_request` */
export async function readForm(request: Request, response: Response): Promise<Record<string, string>> {
  if (!request.is('application/x-www-form-urlencoded')) {
    throw new OAuthError(400, 'invalid_request', 'the body must be form-encoded');
  }
  await new Promise<void>((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(new OAuthError(400, 'invalid_request', 'the body cannot be read'));
    });
  });
  const fields = request.body as Record<string, string | string[]>;
  const repeated = Object.keys(fields).find((name) => Array.isArray(fields[name]));
  if (repeated !== undefined) throw new OAuthError(400, 'invalid_request', `${repeated} must not be repeated`);
  return fields as Record<string, string>;
}
