import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ClientSession, NodeId, OPCUAClient, OPCUAClientOptions, UserIdentityInfo } from 'node-opcua-client';
import { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { networkFailure } from '../support/network-failure';
import { applicationUriOf, type OpcUaConfig } from './opcua-config';
import { badStatus, failureOf } from './opcua-failure';
import { APPLICATION, APPLICATION_URI, keyPairOf, loadLibrary, transportsOver, type Library } from './opcua-library';
import { certificatesIn, distrust } from './trusted-certificates';

/** Bytes of a message of the server, as it comes. */
const LARGEST_MESSAGE = 10 * 1024 * 1024;
const MOST_REQUESTS = 100;
/** Milliseconds that saying goodbye may take. */
const LONGEST_GOODBYE = 2_000;

/** A session with a server, over one connection. */
export class OpcUaLink {
  private client: OPCUAClient | undefined;
  private opened: ClientSession | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly closing = new AbortController();
  /** Why a socket could not be connected: the library makes a text of it. */
  private failure: Error | undefined;
  private requests = 0;
  private ended: ConnectorError | undefined;
  private namespaces: Promise<string[]> | undefined;

  private constructor(
    readonly library: Library,
    private readonly config: OpcUaConfig,
    private readonly context: SessionContext,
  ) {}

  /** Resolves when the server has let us in. @throws ConnectorError */
  static async connect(config: OpcUaConfig, context: SessionContext): Promise<OpcUaLink> {
    const link = new OpcUaLink(await loadLibrary(), config, context);
    try {
      const { connectTimeoutMs: timeoutMs, where } = link;
      await withinDeadline({ timeoutMs, signal: context.signal, where }, () => link.open());
    } catch (error) {
      link.ended = link.error('the connection was closed');
      await link.leave();
      throw link.told(error);
    }
    return link;
  }

  get where(): string {
    return `${this.config.host}:${this.config.port ?? 4840}`;
  }

  get session(): ClientSession {
    return this.opened!;
  }

  /** Asks the server something. @throws ConnectorError */
  async request<T>(ask: (session: ClientSession) => Promise<T>): Promise<T> {
    if (this.ended) throw this.ended;
    if (this.requests >= MOST_REQUESTS) {
      throw new ConnectorError(`${this.where}: ${MOST_REQUESTS} requests are under way already`, { retryable: true });
    }
    this.requests++;
    try {
      return await ask(this.session);
    } catch (error) {
      throw this.ended ?? this.told(error);
    } finally {
      this.requests--;
    }
  }

  /** The id of a node, with its namespace by number. @throws ConnectorError for one that cannot be */
  async nodeId(text: string): Promise<NodeId> {
    const [, uri, identifier] = /^nsu=([^;]+);(.*)$/s.exec(text) ?? [];
    const namespace = uri === undefined ? undefined : await this.namespace(uri);
    try {
      return this.library.coerceNodeId(namespace === undefined ? text : `ns=${namespace};${identifier!}`);
    } catch {
      throw badStatus('BadNodeIdInvalid', this.where);
    }
  }

  async close(): Promise<void> {
    this.ended ??= this.error('the connection was closed');
    await this.leave();
  }

  /** To be told that the session is of no use any more. */
  end(says: string, cause?: Error): void {
    if (this.ended) return;
    const reason = networkFailure(cause, this.where) ?? this.error(says);
    this.ended = reason;
    this.closing.abort(reason);
    for (const socket of this.sockets) socket.destroy();
    // The calls that are under way fail first, by the same reason.
    setImmediate(() => this.context.lost(reason));
  }

  private async namespace(uri: string): Promise<number> {
    this.namespaces ??= this.request((session) => session.readNamespaceArray());
    const index = (await this.namespaces).indexOf(uri);
    if (index < 0) throw new ConnectorError(`${this.where}: there is no namespace ${uri}`);
    return index;
  }

  private async open(): Promise<void> {
    const { security = {}, timeoutMs = 30_000, path = '' } = this.config;
    const { certificate, mode = 'None', policy = 'None' } = security;
    const options: OPCUAClientOptions = {
      applicationName: APPLICATION,
      applicationUri: (certificate && applicationUriOf(certificate)) ?? APPLICATION_URI,
      clientName: `${APPLICATION} ${this.context.connectionId}${this.context.trial ? ' test' : ''}`,
      certificateKeyPairProvider: await keyPairOf(security, this.library),
      transportFactory: await transportsOver(() => this.socket()),
      transportSettings: { maxMessageSize: LARGEST_MESSAGE },
      // The supervisor connects again.
      connectionStrategy: { maxRetry: 0 },
      endpointMustExist: false,
      defaultTransactionTimeout: timeoutMs,
      keepSessionAlive: true,
    };
    const { host, port = 4840 } = this.config;
    const url = `opc.tcp://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
    const secured = mode !== 'None' && {
      securityMode: mode,
      securityPolicy: policy,
      serverCertificate: await this.serverCertificate(url, options),
    };
    const client = this.begin({ ...options, ...secured });
    await client.connect(url);
    this.opened = await client.createSession(this.identity());
    this.opened.on('session_closed', () => this.end('the server closed the session'));
    client.on('connection_lost', () => this.end('the connection was lost', this.failure));
    client.on('close', (error) => this.end('the server closed the connection', error ?? undefined));
  }

  private begin(options: OPCUAClientOptions): OPCUAClient {
    if (this.ended) throw this.ended;
    return (this.client = this.library.OPCUAClient.create(options));
  }

  /** Asked without security, as the standard has it, and judged before anything is told to the server. */
  private async serverCertificate(url: string, options: OPCUAClientOptions): Promise<Buffer> {
    const { mode, policy, trusted = '', rejectUnauthorized = true } = this.config.security!;
    const client = this.begin(options);
    await client.connect(url);
    const endpoints = await client.getEndpoints();
    await client.disconnect();
    const { MessageSecurityMode } = this.library;
    const offered = endpoints.find(
      ({ securityMode, securityPolicyUri }) =>
        MessageSecurityMode[securityMode] === mode && securityPolicyUri?.endsWith(`#${policy!}`),
    );
    if (!offered) throw new ConnectorError(`${this.where}: the server does not offer ${mode!} with ${policy!}`);
    const certificate = new X509Certificate(offered.serverCertificate);
    const problem = rejectUnauthorized ? distrust(certificate, certificatesIn(trusted)) : undefined;
    if (problem !== undefined) throw new ConnectorError(`${this.where}: the certificate of the server ${problem}`);
    return certificate.raw;
  }

  private identity(): UserIdentityInfo | undefined {
    const { type, username, password } = this.config.auth ?? {};
    if (type !== 'userName') return undefined;
    return { type: this.library.UserTokenType.UserName, userName: username!, password: password! };
  }

  private async socket(): Promise<Socket> {
    const { host, port = 4840 } = this.config;
    const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(this.connectTimeoutMs)]);
    try {
      const socket = await this.context.outbound.socket(host, port, signal);
      this.sockets.add(socket);
      socket.on('error', (error) => (this.failure = error)).on('close', () => this.sockets.delete(socket));
      return socket;
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }

  /** Says goodbye where that is possible; the sockets are gone in any case. */
  private async leave(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    const goodbye = client ? client.disconnect().catch(() => undefined) : undefined;
    const lost = this.sockets.size === 0;
    await Promise.race([goodbye, lost ? undefined : patience()]);
    this.closing.abort(this.ended);
    for (const socket of this.sockets) socket.destroy();
  }

  private get connectTimeoutMs(): number {
    return this.config.connectTimeoutMs ?? 10_000;
  }

  private told(error: unknown): ConnectorError {
    return (
      (error instanceof ConnectorError ? error : networkFailure(this.failure, this.where)) ??
      failureOf(error, this.where)
    );
  }

  private error(says: string): ConnectorError {
    return new ConnectorError(`${this.where}: ${says}`, { retryable: true });
  }
}

const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LONGEST_GOODBYE).unref());
