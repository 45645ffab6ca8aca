import { CliError } from '../cli-error';

export interface HubAccess {
  /** `https://hub.example.com` */
  url: string;
  token: string;
  organizationId: string;
}

interface Refusal {
  message?: string;
  details?: unknown;
}

/** An import of a large organization takes its time. Milliseconds. */
const LONGEST_CALL = 10 * 60_000;
/** Told of one refusal. */
const MOST_DETAILS = 20;

/** The REST API of one organization. */
export class HubClient {
  constructor(private readonly access: HubAccess) {}

  async get<T>(path: string): Promise<T> {
    return (await this.json<{ data: T }>('GET', path)).data;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.json<{ data: T }>('POST', path, JSON.stringify(body))).data;
  }

  /** A body that is JSON already. */
  async postText<T>(path: string, body: string): Promise<T> {
    return (await this.json<{ data: T }>('POST', path, body)).data;
  }

  async text(path: string): Promise<string> {
    return (await this.call('GET', path)).text();
  }

  private async json<T>(method: string, path: string, body?: string): Promise<T> {
    return (await (await this.call(method, path, body)).json()) as T;
  }

  private async call(method: string, path: string, body?: string): Promise<Response> {
    const { url, token, organizationId } = this.access;
    const headers = {
      Authorization: `Bearer ${token}`,
      'X-Organization-ID': organizationId,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const signal = AbortSignal.timeout(LONGEST_CALL);
    const request = fetch(`${url}/api/v1${path}`, { method, headers, signal, ...(body !== undefined && { body }) });
    const response = await request.catch((error: unknown) => {
      throw new CliError(`${url} does not answer (${reasonOf(error)}). HUB_URL or --url names another address`);
    });
    if (!response.ok) throw new CliError(await refusalOf(response));
    return response;
  }
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

async function refusalOf(response: Response): Promise<string> {
  const { message, details } = (await response.json().catch(() => ({}))) as Refusal;
  if (response.status === 401)
    return 'HUB_TOKEN is not valid, or not any more: make another one with POST /oauth2/tokens';
  const lines = detailLines(details);
  const told = lines.slice(0, MOST_DETAILS).map((line) => `\n  ${line}`);
  const more = lines.length > MOST_DETAILS ? `\n  … and ${lines.length - MOST_DETAILS} more` : '';
  return `${message ?? `answer ${response.status}`}${told.join('')}${more}`;
}

/** Lists of problems or of entities, whatever they are called. */
function detailLines(details: unknown): string[] {
  if (Array.isArray(details)) return details.map(lineOf);
  if (typeof details !== 'object' || details === null) return [];
  return Object.values(details).flatMap((value) => (Array.isArray(value) ? value.map(lineOf) : []));
}

function lineOf(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return String(detail);
  const { type, name, field, message } = detail as Record<string, string | undefined>;
  const subject = [type, name ?? field].filter((text) => text !== undefined).join(' ');
  return [subject, message].filter((text) => text !== undefined && text !== '').join(': ');
}
