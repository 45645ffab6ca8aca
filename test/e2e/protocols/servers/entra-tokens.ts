import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenEndpoint {
  url: string;
  /** What was asked: path and form. */
  asked: { path: string; form: Record<string, string> }[];
  stop(): Promise<void>;
}

/** Gives tokens as Microsoft Entra ID does, to those who know the secret. Whoever takes them looks at no signature. */
export async function startTokenEndpoint(secret: string): Promise<TokenEndpoint> {
  const asked: TokenEndpoint['asked'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ path: request.url!, form });
      const known = form['client_secret'] === secret;
      const answer = known
        ? { token_type: 'Bearer', expires_in: 3_599, access_token: token() }
        : { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided' };
      response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((done) => server.close(() => done()));
  };
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}

function token(): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: 'https://sts.windows.net/tenant/',
    aud: 'https://storage.azure.com',
    iat: now,
    nbf: now,
    exp: now + 3_599,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}
