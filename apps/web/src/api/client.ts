import { ApiError, type Problem } from './api-error';
import type { Session } from './session';

const MOST_RETRIES = 3;
const LONGEST_WAIT_SECONDS = 20;

export type Query = Record<string, string | number | undefined>;

interface Call {
  method?: string;
  query?: Query;
  body?: unknown;
  /** The ETag that the change rests on. */
  ifMatch?: string;
  accept?: string;
  /** The event after which a stream goes on. */
  lastEventId?: string;
  signal?: AbortSignal;
}

/** What the API answers: `{data}`, or `{data, meta}` for lists. */
export interface Answer<T> {
  data: T;
  meta: { total?: number; nextCursor?: string | null };
  etag: string | undefined;
}

/** The API as the person who is signed in may use it, in one organization. */
export class Client {
  /** The organization all calls are about. */
  organizationId: string | undefined;

  constructor(readonly session: Session) {}

  async get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return (await this.call<T>(path, { query, signal })).data;
  }

  /** The same with `meta` and ETag. */
  read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer<T>> {
    return this.call<T>(path, { query, signal });
  }

  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, ifMatch?: string) {
    return this.call<T>(path, { method, body, ifMatch });
  }

  /** @throws ApiError */
  private async call<T>(path: string, call: Call): Promise<Answer<T>> {
    const response = await this.open(path, call);
    const etag = response.headers.get('etag') ?? undefined;
    if (response.status === 204) return { data: undefined as T, meta: {}, etag };
    const { data, meta } = (await response.json()) as { data: T; meta?: Answer<T>['meta'] };
    return { data, meta: meta ?? {}, etag };
  }

  /**
   * The answer itself, for streams: 2xx, or it throws. A token that has ended meanwhile is renewed once; 503 is asked
   * again after `Retry-After`, where nothing would be done twice.
   * @throws ApiError
   */
  async open(path: string, call: Call = {}): Promise<Response> {
    const repeatable = call.method === undefined || call.method === 'PUT';
    for (let attempt = 1; ; attempt++) {
      const token = await this.session.token();
      const response = await this.fetch(path, call, token);
      if (response.ok) return response;
      if (response.status === 401 && attempt === 1) {
        this.session.forget(token);
        continue;
      }
      const wait = Number(response.headers.get('retry-after') ?? NaN);
      const waits = response.status === 503 && repeatable && attempt <= MOST_RETRIES && wait <= LONGEST_WAIT_SECONDS;
      if (!waits) throw await errorOf(response);
      await pause(wait * 1000, call.signal);
    }
  }

  private async fetch(path: string, call: Call, token: string): Promise<Response> {
    const { method = 'GET', query, body, ifMatch, accept, lastEventId, signal } = call;
    const headers = new Headers({ Authorization: `Bearer ${token}` });
    if (this.organizationId !== undefined) headers.set('X-Organization-ID', this.organizationId);
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    if (ifMatch !== undefined) headers.set('If-Match', ifMatch);
    if (accept !== undefined) headers.set('Accept', accept);
    if (lastEventId !== undefined) headers.set('Last-Event-ID', lastEventId);
    const request = { method, headers, body: JSON.stringify(body), signal, credentials: 'omit' } as const;
    try {
      return await fetch(`/api/v1${path}${queryOf(query)}`, request);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError(0, 'The platform does not answer.');
    }
  }
}

function queryOf(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id') ?? undefined;
  const body = (await response.json().catch(() => ({}))) as { message?: string; details?: unknown };
  const problems = Array.isArray(body.details) ? (body.details as Problem[]) : [];
  return new ApiError(response.status, sentence(body.message ?? 'Something went wrong'), problems, requestId);
}

const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('Aborted', 'AbortError'));
    });
  });
}
