import type { Response } from 'undici';
import { CliError } from '../cli-error';

/*
 * Why a call came to nothing, for people: what is wrong, and what to do about it.
 */

/** Told of one refusal. */
const MOST_DETAILS = 20;

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const NAME_ANOTHER = 'HUB_URL or --url names another address';

/** Of a call without an answer. */
export const unanswered = (url: string, error: unknown): CliError => new CliError(silenceOf(url, error as Error));

function silenceOf(url: string, error: Error): string {
  const { code, message } = causeOf(error);
  if (UNTRUSTED.has(code)) {
    return (
      `this computer does not trust the certificate of ${url} (${code}): NODE_EXTRA_CA_CERTS=<file> names the ` +
      `certificate of its issuer, or itself where it is self-signed (PEM)`
    );
  }
  if (code.startsWith('ERR_SSL')) return `${url} does not speak TLS (${code}): is it http:// there?`;
  if (error.name === 'TimeoutError') {
    return `${url} has not answered for an hour. It may still be at it: maestrohub plan tells what is left to do`;
  }
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${url}: start MaestroHub there, or ${NAME_ANOTHER}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${url} is not known: ${NAME_ANOTHER}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${url} is for another host: ${message}`;
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${url} has expired`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return `${url} ended the call without an answer: look at its log, or is it https:// there?`;
    default:
      return `${url} does not answer (${code || message}): ${NAME_ANOTHER}`;
  }
}

/** Of an answer that MaestroHub does not give. */
export const strange = (url: string, what: string): CliError =>
  new CliError(`there is no MaestroHub at ${url} (${what}): ${NAME_ANOTHER}`);

/** Of an answer that refuses. */
export async function refusal(
  { url, organizationId }: { url: string; organizationId: string },
  response: Response,
): Promise<CliError> {
  const location = response.headers.get('location');
  if (location !== null && response.status < 400) {
    return new CliError(`${url} sends on to ${new URL(location, url).origin}: name that address by HUB_URL or --url`);
  }
  const body = (await response.json().catch(() => undefined)) as Refusal | undefined;
  if (typeof body?.message !== 'string') return strange(url, `answer ${response.status}`);
  if (response.status === 401) {
    return new CliError(
      'HUB_TOKEN is not valid, or not any more: make another one with POST /oauth2/tokens, or in Swagger UI',
    );
  }
  if (body.error === 'insufficient_scope') {
    const [, scope = 'that this needs'] = /scope="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '') ?? [];
    return new CliError(`HUB_TOKEN does not have the scope ${scope}: make a token that has`);
  }
  const where = body.error === 'forbidden' ? ` (organization ${organizationId})` : '';
  return new CliError([body.message + where, ...detailLines(body.details)].join('\n  '));
}

interface Refusal {
  error?: string;
  message?: string;
  details?: unknown;
}

function causeOf(error: Error): { code: string; message: string } {
  const { cause, message } = error as Error & {
    cause?: { code?: unknown; message?: string; errors?: { code?: unknown }[] };
  };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return { code: typeof code === 'string' ? code : '', message: cause?.message || message };
}

/** Lists of problems or of entities, whatever they are called. */
function detailLines(details: unknown): string[] {
  const lists = Array.isArray(details) ? [details] : Object.values(details ?? {});
  const lines = lists.flatMap((list) => (Array.isArray(list) ? list.map(lineOf) : []));
  const more = lines.length > MOST_DETAILS ? [`… and ${lines.length - MOST_DETAILS} more`] : [];
  return [...lines.slice(0, MOST_DETAILS), ...more];
}

function lineOf(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return String(detail);
  const { type, name, field, message } = detail as Record<string, string | undefined>;
  const subject = [type, name ?? field].filter((text) => text !== undefined).join(' ');
  return [subject, message].filter((text) => text !== undefined && text !== '').join(': ');
}
