import type { JsonValue } from '#kernel';
import type { Agent } from 'undici';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { httpAgent } from '../support/http-agent';
import { httpFailure } from '../support/http-failure';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { TokenSource } from '../support/token-source';
import { dataOf, failureDetails, readAnswer, type RestAnswer } from './rest-answer';
import type { RestConfig, RestFunctionConfig } from './rest-config';
import { credentialsOf, type Credentials } from './rest-credentials';
import { redirected, requestOf, type RestRequest } from './rest-request';

const MOST_REDIRECTS = 5;
/** Milliseconds. */
const LONGEST_CHECK = 10_000;

/** Requests to one server, over connections that are kept. */
export class RestSession implements Session {
  private readonly agent: Agent;
  private readonly credentials: Credentials;

  constructor(
    private readonly config: RestConfig,
    outbound: OutboundRules,
  ) {
    const timeoutMs = config.timeoutMs ?? DEFAULT_TIMEOUT;
    this.agent = httpAgent(outbound, timeoutMs, config.tls);
    this.credentials = credentialsOf(
      config.auth,
      () =>
        new TokenSource(config.auth!, (request) =>
          this.within(timeoutMs, undefined, request, (signal) => this.exchange(request, signal)),
        ),
    );
  }

  async call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const method = functionType.split('.')[1]!.toUpperCase();
    const wanted = config as unknown as RestFunctionConfig;
    const request = requestOf(method, this.config, wanted, options.idempotencyKey);
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    const answer = await this.within(timeoutMs, options.signal, request, (signal) => this.authorized(request, signal));
    if (isSuccess(answer.status, wanted.successStatus)) return dataOf(answer);
    throw refusalOf(answer);
  }

  async check(signal: AbortSignal): Promise<void> {
    const { healthPath } = this.config;
    const request = requestOf('GET', this.config, { path: healthPath ?? '' });
    const timeoutMs = Math.min(this.config.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CHECK);
    const answer = await this.within(timeoutMs, signal, request, (limited) => this.authorized(request, limited));
    const { status } = answer;
    // Many servers have nothing at their base: that they answer is enough, unless they do not know us or are unwell.
    const well = healthPath === undefined ? status < 500 && status !== 401 && status !== 403 : status < 400;
    if (!well) throw refusalOf(answer);
  }

  secrets = (): readonly string[] => this.credentials.secrets();

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async within<T>(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    { url }: RestRequest,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await withinDeadline({ timeoutMs, signal, where: url.host }, work);
    } catch (error) {
      throw httpFailure(error, url.host);
    }
  }

  /** Once more with other credentials where the server does not take those we have. */
  private async authorized(request: RestRequest, signal: AbortSignal): Promise<RestAnswer> {
    const first = await this.credentials.authorize(request, signal);
    const answer = await this.followed(first, signal);
    if (answer.status !== 401 || !this.credentials.renew(first)) return answer;
    return this.followed(await this.credentials.authorize(request, signal), signal);
  }

  private async followed(first: RestRequest, signal: AbortSignal): Promise<RestAnswer> {
    let request = first;
    for (let count = 0; ; count++) {
      const answer = await this.exchange(request, signal);
      const next = redirected(request, answer.status, [answer.headers['location']].flat()[0]);
      if (!next) return answer;
      if (count === MOST_REDIRECTS) throw new ConnectorError(`More than ${MOST_REDIRECTS} redirects`);
      requireSafe(request.url, next.url);
      request = next;
    }
  }

  private async exchange({ method, url, headers, body }: RestRequest, signal: AbortSignal): Promise<RestAnswer> {
    const path = `${url.pathname}${url.search}`;
    const options = { origin: url.origin, path, method, headers, body: body ?? null, signal };
    return readAnswer(await this.agent.request(options));
  }
}

const isSuccess = (status: number, wanted: RestFunctionConfig['successStatus']): boolean =>
  wanted === undefined ? status < 400 : [wanted].flat().includes(status);

const refusalOf = (answer: RestAnswer): ConnectorError =>
  new ConnectorError(`The server answered ${answer.status}`, {
    retryable: answer.status === 429 || answer.status >= 500,
    details: failureDetails(answer),
  });

/** @throws ConnectorError for a redirect that no browser would follow either, or one from a protected way to an open one. */
function requireSafe(from: URL, to: URL): void {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') {
    throw new ConnectorError(`A redirect to ${to.protocol} is not followed`);
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new ConnectorError(`A redirect from https to http is not followed (${to.host})`);
  }
}
