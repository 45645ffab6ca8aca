import { DomainError } from '#kernel';
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { oauthErrorPage } from '../interaction/error-pages';
import { PAGE_HEADERS } from '../interaction/page-headers';

/** The database does not answer: nobody's mistake, and over soon. */
export const isOutage = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.kind === 'unavailable';

/** Says so to programs (RFC 6749, section 4.1.2.1); the provider itself would call it a server error. */
export function answerOutage(ctx: KoaContextWithOIDC, { message, retryAfterSeconds }: DomainError): void {
  ctx.status = 503;
  ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds ?? 1)));
  ctx.body = { error: 'temporarily_unavailable', error_description: message };
}

const OF_BROWSERS = ['authorization', 'resume'];

/** What the provider refuses without sending the browser back: a page for people, the JSON of RFC 6749 for programs. */
export function renderProviderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void {
  if (isOutage(error)) answerOutage(ctx, error);
  else ctx.body = { error: out.error, error_description: out.error_description };
  if (!OF_BROWSERS.includes(ctx.oidc.route) || ctx.accepts('json', 'html') !== 'html') return;
  ctx.set(PAGE_HEADERS);
  ctx.body = oauthErrorPage(ctx.body as ErrorOut).text;
}
