import { fetchObject, ProviderProblem } from './bounded-fetch';

/** What we use of a discovery document (OpenID Connect Discovery, section 3). */
export interface Discovery {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  userinfoEndpoint: string | undefined;
  /** The client proves itself in the header, not in the form (RFC 6749, section 2.3.1). */
  basicAuthentication: boolean;
  /** It names itself in its answers (RFC 9207). */
  namesItself: boolean;
}

/** What is wrong with the address of an issuer; undefined where nothing is. */
export function issuerProblem(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return 'Issuer is not an absolute address';
  const { username, password, search, hash } = new URL(issuer);
  if (!isSafe(issuer)) return 'Issuer must begin with https:// (http:// for loopback addresses alone)';
  return username || password || search || hash || issuer.includes('?') || issuer.includes('#')
    ? 'Issuer must have no user, query or fragment'
    : undefined;
}

/** @throws ProviderProblem when there is no such document, or it is another issuer's. */
export async function discover(issuer: string): Promise<Discovery> {
  const document = await fetchObject(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (document.issuer !== issuer) {
    const name = typeof document.issuer === 'string' ? document.issuer.slice(0, 200) : 'nothing';
    throw new ProviderProblem(`calls its issuer ${name}`);
  }
  const methods = document.token_endpoint_auth_methods_supported;
  return {
    issuer,
    authorizationEndpoint: endpoint(document, 'authorization_endpoint'),
    tokenEndpoint: endpoint(document, 'token_endpoint'),
    jwksUri: endpoint(document, 'jwks_uri'),
    userinfoEndpoint: document.userinfo_endpoint === undefined ? undefined : endpoint(document, 'userinfo_endpoint'),
    // Where nothing is said, the header is what every provider takes.
    basicAuthentication: !Array.isArray(methods) || methods.includes('client_secret_basic'),
    namesItself: document.authorization_response_iss_parameter_supported === true,
  };
}

function endpoint(document: Record<string, unknown>, name: string): string {
  const address = document[name];
  if (typeof address === 'string' && URL.canParse(address) && isSafe(address)) return address;
  throw new ProviderProblem(`has no usable ${name}`);
}

/** Encrypted on its way, or never leaving the machine. */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}
