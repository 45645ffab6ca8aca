import { DomainError } from '#kernel';
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { oauthErrorPage } from '../interaction/error-pages';
import { PAGE_HEADERS } from '../interaction/page-headers';

/** The database does not answer: nobody's mistake, and over soon. */
export const isOutage = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.kind === 'unavailable';

const OF_BROWSERS = ['authorization', 'resume'];

/** What the provider refuses without sending the browser back: a page for people, the JSON of RFC 6749 for programs. */
export function renderProviderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void {
  const answer = isOutage(error)
    ? { error: 'temporarily_unavailable', error_description: error.message }
    : { error: out.error, error_description: out.error_description };
  if (isOutage(error)) {
    ctx.status = 503;
    ctx.set('Retry-After', String(Math.ceil(error.retryAfterSeconds ?? 1)));
  }
  if (OF_BROWSERS.includes(ctx.oidc.route) && ctx.accepts('json', 'html') === 'html') {
    ctx.set(PAGE_HEADERS);
    ctx.type = 'html';
    ctx.body = oauthErrorPage(answer).text;
  } else {
    ctx.type = 'json';
    ctx.body = answer;
  }
}
