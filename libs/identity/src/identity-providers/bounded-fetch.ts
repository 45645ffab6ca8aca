/*
 * Requests to a company's provider. Whatever answers there, a request ends in time, holds a bounded number of bytes,
 * and goes to the host alone that was asked.
 */

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 3;

/** A company's provider that does not do what it should; the message goes on after its name. */
export class ProviderProblem extends Error {
  override readonly name: string = 'ProviderProblem';
}

/** It cannot be reached, or fails by its own word: later it may work. */
export class ProviderOutage extends ProviderProblem {
  override readonly name = 'ProviderOutage';
}

export interface BoundedRequest {
  headers?: Record<string, string>;
  /** Makes it a POST, which follows no redirects. */
  body?: URLSearchParams;
}

export interface BoundedAnswer {
  status: number;
  text: string;
}

/** @throws ProviderOutage for 5xx; ProviderProblem when no whole answer comes within 5 s and 1 MiB, or it redirects to another host. */
export async function fetchBounded(
  address: string,
  { headers = {}, body }: BoundedRequest = {},
): Promise<BoundedAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let url = new URL(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await attempt(async () =>
      fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: { accept: 'application/json', ...headers },
        ...(body && { body }),
        redirect: 'manual',
        signal,
      }),
    );
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (response.status >= 500 || location !== null) await response.body?.cancel();
    if (response.status >= 500) throw new ProviderOutage(`answers ${response.status}`);
    if (location === null) return { status: response.status, text: await attempt(() => readBounded(response)) };
    const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (body || target?.origin !== url.origin) throw new ProviderProblem('redirects to another place');
    url = target;
  }
  throw new ProviderProblem('redirects too often');
}

/** The body of a 200 as a JSON object. @throws ProviderProblem */
export async function fetchObject(address: string, request?: BoundedRequest): Promise<Record<string, unknown>> {
  const { status, text } = await fetchBounded(address, request);
  if (status !== 200) throw new ProviderProblem(`answers ${status}`);
  return parseObject(text);
}

/** @throws ProviderProblem */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, with what else is no object.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ProviderProblem('answers with something that is no JSON object');
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > MAX_BYTES) throw new ProviderProblem('answers with more than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderProblem) throw error;
    if ((error as Error).name === 'TimeoutError') throw new ProviderOutage('does not answer within 5 seconds');
    const code = ((error as Error).cause as { code?: unknown } | undefined)?.code;
    throw new ProviderOutage(`does not answer${typeof code === 'string' ? ` (${code})` : ''}`, { cause: error });
  }
}
