import { OAuthError } from './oauth-error';

/** What a client says to prove who it is (RFC 6749, section 2.3.1). */
export interface ClientCredentials {
  clientId: string;
  secret: string | undefined;
}

/**
 * Reads them from the Authorization header or from the form, never from both.
 * @throws OAuthError `invalid_request` when they are missing, malformed or given twice.
 */
export function readClientCredentials(
  authorization: string | undefined,
  form: Readonly<Record<string, string>>,
): ClientCredentials {
  const { client_id: clientId, client_secret: secret } = form;
  if (authorization === undefined) {
    if (!clientId) throw problem('no client authentication mechanism provided');
    return { clientId, secret: secret || undefined };
  }
  const basic = readBasic(authorization);
  if (secret) throw problem('client authentication must only be provided using one mechanism');
  if (clientId !== undefined && clientId !== basic.clientId) throw problem('client_id mismatch');
  return basic;
}

function readBasic(authorization: string): ClientCredentials {
  const encoded = /^basic ([\w+/]+=*)$/i.exec(authorization)?.[1];
  const [, clientId, secret] = /^([^:]+):(.+)$/.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (clientId === undefined || secret === undefined) throw problem('invalid authorization header value format');
  try {
    return { clientId: formDecode(clientId), secret: formDecode(secret) };
  } catch {
    throw problem('client_id and client_secret in the authorization header are not properly encoded');
  }
}

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

const problem = (description: string): OAuthError => new OAuthError(400, 'invalid_request', description);
