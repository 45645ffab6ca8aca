/** The REST API as any client uses it: a bearer token, and the organization in a header. */
export class Api {
  readonly url: string;
  readonly token: string;
  readonly organizationId: string;

  constructor(url: string, token: string, organizationId: string) {
    this.url = url;
    this.token = token;
    this.organizationId = organizationId;
  }

  get<T>(path: string): Promise<T> {
    return this.send('GET', path);
  }

  post<T>(path: string, body?: object): Promise<T> {
    return this.send('POST', path, body);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.send('PATCH', path, body);
  }

  /** The one in a list that has exactly this name. */
  async find<T extends { name: string }>(path: string, name: string): Promise<T | undefined> {
    const found = await this.get<T[]>(`${path}?limit=200&search=${encodeURIComponent(name)}`);
    return found.find((entry) => entry.name === name);
  }

  private send<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { Authorization: `Bearer ${this.token}`, 'X-Organization-ID': this.organizationId };
    return request(this.url, method, path, headers, body);
  }
}

/** The platform answered, and the answer is no. */
export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

interface SignedIn {
  accessToken: string;
  organizations: [{ id: string }];
}

export async function signIn(url: string, email: string, password: string): Promise<Api> {
  const { accessToken, organizations } = await request<SignedIn>(url, 'POST', '/auth/login', {}, { email, password });
  return new Api(url, accessToken, organizations[0].id);
}

const ANSWER_MS = 30_000;

/** Gives `data` of the envelope. @throws ApiError */
async function request<T>(url: string, method: string, path: string, headers: object, body?: object): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(`${method} ${path} was answered ${response.status}: ${text}`, response.status);
  return (JSON.parse(text) as { data: T }).data;
}
