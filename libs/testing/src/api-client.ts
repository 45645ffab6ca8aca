export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined where the answer is no JSON. */
  body: ReturnType<typeof JSON.parse>;
}

type Fields = Readonly<Record<string, string>>;

/** Talks to the REST API as one caller in one organization. Paths are those below /api/v1. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly fields: Fields = {},
  ) {}

  get = (path: string, fields?: Fields): Promise<Answer> => this.send('GET', path, undefined, fields);
  post = (path: string, body?: unknown, fields?: Fields): Promise<Answer> => this.send('POST', path, body, fields);
  put = (path: string, body?: unknown, fields?: Fields): Promise<Answer> => this.send('PUT', path, body, fields);
  patch = (path: string, body?: unknown, fields?: Fields): Promise<Answer> => this.send('PATCH', path, body, fields);
  delete = (path: string, fields?: Fields): Promise<Answer> => this.send('DELETE', path, undefined, fields);

  /** A string is sent as it is, so that it may be malformed JSON; forms set their own content type. */
  private async send(method: string, path: string, body: unknown, fields: Fields = {}): Promise<Answer> {
    const asIs = typeof body === 'string' || body instanceof URLSearchParams || body instanceof FormData;
    const json = body !== undefined && (!asIs || typeof body === 'string');
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, {
      method,
      headers: { ...(json && { 'Content-Type': 'application/json' }), ...this.fields, ...fields },
      body: body === undefined ? undefined : asIs ? body : JSON.stringify(body),
      redirect: 'manual',
    });
    return readAnswer(response);
  }
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  };
}
