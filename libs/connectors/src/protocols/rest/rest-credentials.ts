import { basic, type TokenSource } from '../support/token-source';
import type { RestAuth } from './rest-config';
import type { RestRequest } from './rest-request';

/** How a server is told who calls. */
export interface Credentials {
  /** The request with credentials in it. */
  authorize(request: RestRequest, signal: AbortSignal): Promise<RestRequest>;
  /** The server answered that request with 401: whether other credentials can be had. */
  renew(refused: RestRequest): boolean;
  /** What must not be told, beside the config's own secrets. */
  secrets(): readonly string[];
}

export function credentialsOf(auth: RestAuth | undefined, tokens: () => TokenSource): Credentials {
  switch (auth?.type) {
    case 'apiKey':
      return auth.in === 'query' ? inQuery(auth.name!, auth.value!) : fixed({ [auth.name!]: auth.value! });
    case 'basic':
      return fixed({ authorization: basic(auth.username!, auth.password ?? '') });
    case 'headers':
      return fixed(auth.headers!);
    case 'oauth2':
      return new BearerCredentials(tokens());
    default:
      return fixed({});
  }
}

function fixed(headers: Record<string, string>): Credentials {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    authorize: (request) => Promise.resolve({ ...request, headers: { ...request.headers, ...lower } }),
    renew: () => false,
    secrets: () => Object.values(lower).map((value) => value.replace(/^Basic /, '')),
  };
}

function inQuery(name: string, value: string): Credentials {
  return {
    authorize: (request) => {
      const url = new URL(request.url);
      url.searchParams.set(name, value);
      return Promise.resolve({ ...request, url });
    },
    renew: () => false,
    secrets: () => [],
  };
}

class BearerCredentials implements Credentials {
  constructor(private readonly tokens: TokenSource) {}

  async authorize(request: RestRequest, signal: AbortSignal): Promise<RestRequest> {
    const authorization = `Bearer ${await this.tokens.token(signal)}`;
    return { ...request, headers: { ...request.headers, authorization } };
  }

  renew({ headers }: RestRequest): boolean {
    this.tokens.forget(headers['authorization']!.replace(/^Bearer /, ''));
    return true;
  }

  secrets = (): readonly string[] => this.tokens.given;
}
