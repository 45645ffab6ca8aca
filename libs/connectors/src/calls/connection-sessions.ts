import { Injectable, type OnModuleInit } from '@nestjs/common';
import { jsonProblem } from '#kernel';
import { Lifecycle } from '#platform/lifecycle';
import { Signals } from '#platform/signals';
import type { Connection } from '../connections/connection.entity';
import { ConnectionSecrets } from '../connections/connection-secrets';
import { OutboundPolicy, type OutboundRules } from '../outbound';
import { ProtocolRegistry, type JsonObject, type Session, type SessionContext } from '../protocols';
import { SecretMasking, type Secrets } from '../secrets';
import { ConnectorError } from './connector-error';
import { SessionPool } from './session-pool';

interface OpenOptions {
  /** It is not kept. */
  trial?: boolean;
  lost?: (reason: ConnectorError) => void;
  /** Aborts when nobody waits for it any more; with the end of this process where there is none. */
  signal?: AbortSignal;
  /** Those of the organization where nothing is said. */
  outbound?: OutboundRules;
}

/** Sessions of connections. What goes wrong in them is told without secrets. */
@Injectable()
export class ConnectionSessions implements OnModuleInit {
  private readonly pool = new SessionPool();
  private readonly ended = new AbortController();

  constructor(
    private readonly protocols: ProtocolRegistry,
    private readonly secrets: ConnectionSecrets,
    private readonly outbound: OutboundPolicy,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    // Changed, stopped or deleted: the next call opens another one, if there may be one.
    this.signals.on('connection.changed', (id) => this.pool.drop(id));
    this.lifecycle.atShutdown('queues', 'connections', () => {
      this.ended.abort();
      return this.pool.close();
    });
  }

  /** Works with the connection's session of this process. @throws ConnectorError */
  async use<T>(connection: Connection, work: (session: Session) => Promise<T>): Promise<T> {
    const { id, version, organizationId } = connection;
    const outbound = await this.outbound.of(organizationId);
    return this.pool.use({ id, version, outbound }, (lost) => this.open(connection, { lost, outbound }), work);
  }

  /** Works with a session that is not kept. @throws ConnectorError */
  async once<T>(connection: Connection, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.open(connection, { trial: true });
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /** A session that the caller keeps and closes. @throws ConnectorError */
  async open(
    connection: Connection,
    { trial = false, lost = () => undefined, signal = this.ended.signal, outbound }: OpenOptions,
  ): Promise<Session> {
    const { id: connectionId, organizationId } = connection;
    const { protocol, secretFields } = this.protocols.of(connection);
    const split = this.secrets.open(connection);
    const held: { session?: Session } = {};
    const context: SessionContext = {
      organizationId,
      connectionId,
      outbound: outbound ?? (await this.outbound.now(organizationId)),
      trial,
      signal,
      lost: (reason) => lost(masked(split.secrets, held.session, reason)),
    };
    const opened = await discreet(split.secrets, undefined, () => protocol.open(secretFields.join(split), context));
    held.session = opened;
    return {
      call: (...call) => discreet(split.secrets, opened, () => opened.call(...call)),
      check: (signal) => discreet(split.secrets, opened, () => opened.check(signal)),
      ...(opened.subscribe && {
        subscribe: (...wanted) => discreet(split.secrets, opened, () => opened.subscribe!(...wanted)),
      }),
      close: () => opened.close(),
    };
  }
}

/** Takes secrets out of whatever the work fails with. */
async function discreet<T>(secrets: Secrets, session: Session | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConnectorError) throw masked(secrets, session, error);
    const masking = maskingOf(secrets, session);
    const bug = error instanceof Error ? error : new Error(String(error));
    bug.message = masking.text(bug.message);
    bug.stack = masking.text(bug.stack ?? '');
    throw bug;
  }
}

const maskingOf = (secrets: Secrets, session: Session | undefined): SecretMasking =>
  new SecretMasking([...secrets.values(), ...(session?.secrets?.() ?? [])]);

function masked(secrets: Secrets, session: Session | undefined, error: ConnectorError): ConnectorError {
  const masking = maskingOf(secrets, session);
  const details = error.details && masking.value<JsonObject>(error.details);
  // What the other side said may be nothing that can be kept.
  const kept = details && jsonProblem(details) === undefined ? { details } : {};
  return new ConnectorError(masking.text(error.message), { retryable: error.retryable, ...kept });
}
