import type { Scope } from '#kernel';
import type { Route } from '#platform/http';
import { readAnswer, type Answer, type TestApp, type TestUser } from '#testing';

/** Somebody with one token. */
export interface Caller {
  user?: TestUser;
  token: string;
  /** What a token that is made by a call may hold: nothing can be handed out that one has not. */
  scopes?: readonly Scope[];
}

/** A request that should succeed, for whoever may make it. */
export interface PreparedCall {
  route: Route;
  /** With the prefix, the parameters filled in. */
  path: string;
  query: Record<string, string>;
  body: unknown;
  organizationId: string;
}

/** `POST /uns/topics` */
export const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method} ${path.replace('/api/v1', '')}`;

/** Sends it as that caller, in the call's organization unless another is named. */
export async function send(
  app: TestApp,
  { route, path, query, body, organizationId }: PreparedCall,
  { token }: Caller,
  inOrganization = organizationId,
): Promise<Answer> {
  const search = new URLSearchParams(query).toString();
  const asJson = body !== undefined && !(body instanceof FormData);
  const response = await fetch(`${app.url}${path}${search && `?${search}`}`, {
    method: route.method === 'ALL' ? 'POST' : route.method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(!route.organizationFree && { 'X-Organization-ID': inOrganization }),
      ...(asJson && { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? undefined : asJson ? JSON.stringify(body) : body,
    redirect: 'manual',
  });
  if (route.answer !== 'raw' || !response.ok) return readAnswer(response);
  // A download or a stream, which may have no end: that it begins is enough.
  await response.body?.cancel();
  return { status: response.status, headers: response.headers, text: '', body: undefined };
}

export const succeeded = ({ status }: Answer): boolean => status >= 200 && status < 300;

export const told = ({ status, text }: Answer): string => `${status} ${text.slice(0, 300)}`;
