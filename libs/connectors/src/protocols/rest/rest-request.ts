import type { Dispatcher } from 'undici';
import { isHeaderValue, type RestConfig, type RestFunctionConfig } from './rest-config';

export interface RestRequest {
  method: Dispatcher.HttpMethod;
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | undefined;
}

/** The address of a path under the base URL: `https://a/api` and `/x?y=1` give `https://a/api/x?y=1`. */
export function addressOf(baseUrl: string, path: string): URL {
  const base = baseUrl.replace(/\/+$/, '');
  // However many slashes a path begins with, it names no other host.
  const way = path.replace(/^[/\\]+/, '');
  return new URL(
    way === '' || way.startsWith('?') ? `${base}${base.endsWith('/') ? '' : '/'}${way}` : `${base}/${way}`,
  );
}

/** What is sent for a function, without credentials. */
export function requestOf(
  method: Dispatcher.HttpMethod,
  { baseUrl, headers: common }: RestConfig,
  { path, query = {}, headers: own, body }: RestFunctionConfig,
  idempotencyKey?: string,
): RestRequest {
  const url = addressOf(baseUrl, path);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) url.searchParams.append(name, String(one).toWellFormed());
  }
  const headers: Record<string, string> = {
    accept: 'application/json, */*;q=0.8',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'MaestroHub',
    ...(idempotencyKey !== undefined && method !== 'GET' && { 'idempotency-key': headerText(idempotencyKey) }),
    ...lowerCased(common),
    ...lowerCased(own),
  };
  if (body === undefined) return { method, url, headers, body: undefined };
  headers['content-type'] ??= typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return { method, url, headers, body: bodyText(body, headers['content-type']) };
}

/** A key is whatever its maker likes; as long as it differs, its spelling means nothing. */
const headerText = (key: string): string => (isHeaderValue(key) ? key : encodeURIComponent(key.toWellFormed()));

const lowerCased = (headers: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function bodyText(body: NonNullable<RestFunctionConfig['body']> | null, contentType: string): string {
  if (typeof body === 'string') return body;
  const isForm = contentType.includes('x-www-form-urlencoded') && body !== null && typeof body === 'object';
  if (!isForm) return JSON.stringify(body);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const one of [value].flat()) {
      form.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
    }
  }
  return form.toString();
}

/** What goes on from a redirect (RFC 9110, section 15.4), or undefined where nothing is to be followed. */
export function redirected(
  request: RestRequest,
  status: number,
  location: string | undefined,
): RestRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  const url = URL.parse(location, request.url);
  if (!url) return undefined;
  const away = url.origin !== request.url.origin;
  // Whatever is set for this server, secret or not, is none of another's business.
  const kept = Object.entries(request.headers).filter(
    ([name]) => !away || /^(accept.*|content-type|user-agent)$/.test(name),
  );
  const becomesGet = status === 303 || (status < 303 && request.method === 'POST');
  if (!becomesGet) return { ...request, url, headers: Object.fromEntries(kept) };
  const headers = Object.fromEntries(kept.filter(([name]) => !/^(content-.*|idempotency-key)$/.test(name)));
  return { method: 'GET', url, headers, body: undefined };
}
