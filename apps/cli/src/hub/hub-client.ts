import { Agent, fetch, type Response } from 'undici';
import { refusal, strange, unanswered } from './failures';

export interface HubAccess {
  /** `https://hub.example.com` */
  url: string;
  token: string;
  organizationId: string;
}

/** An import of a large organization takes its time. Milliseconds. */
const LONGEST_CALL = 60 * 60_000;

/** The REST API of one organization. */
export class HubClient {
  /** The usual client gives up after five minutes without an answer. */
  private readonly dispatcher = new Agent({ headersTimeout: LONGEST_CALL, bodyTimeout: LONGEST_CALL });

  constructor(private readonly access: HubAccess) {}

  async get<T>(path: string): Promise<T> {
    return this.data<T>(await this.call('GET', path));
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.postText(path, JSON.stringify(body));
  }

  /** A body that is JSON already. */
  async postText<T>(path: string, body: string): Promise<T> {
    return this.data<T>(await this.call('POST', path, body));
  }

  async text(path: string): Promise<string> {
    return this.whole(await this.call('GET', path));
  }

  private async data<T>(response: Response): Promise<T> {
    const text = await this.whole(response);
    try {
      return (JSON.parse(text) as { data: T }).data;
    } catch {
      throw strange(this.access.url, 'the answer is no JSON');
    }
  }

  private whole(response: Response): Promise<string> {
    return response.text().catch((error: unknown) => {
      throw unanswered(this.access.url, error);
    });
  }

  private async call(method: string, path: string, body?: string): Promise<Response> {
    const { url, token, organizationId } = this.access;
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'X-Organization-ID': organizationId,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      // Somebody else's address gets no token, and a POST that is sent on comes as a GET.
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_CALL),
      dispatcher: this.dispatcher,
      ...(body !== undefined && { body }),
    }).catch((error: unknown) => {
      throw unanswered(url, error);
    });
    if (!response.ok) throw await refusal(this.access, response);
    return response;
  }
}
