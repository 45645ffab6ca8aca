import { Injectable, type OnModuleInit } from '@nestjs/common';
import { jsonProblem } from '#kernel';
import { Lifecycle } from '#platform/lifecycle';
import type { Connection } from '../connections/connection.entity';
import { ConnectionSecrets } from '../connections/connection-secrets';
import { OutboundRules } from '../outbound';
import { ProtocolRegistry, type JsonObject, type Session } from '../protocols';
import { SecretMasking, type Secrets } from '../secrets';
import { ConnectorError } from './connector-error';
import { SessionPool } from './session-pool';

/** Sessions of connections. What goes wrong in them is told without secrets. */
@Injectable()
export class ConnectionSessions implements OnModuleInit {
  private readonly pool = new SessionPool();

  constructor(
    private readonly protocols: ProtocolRegistry,
    private readonly secrets: ConnectionSecrets,
    private readonly outbound: OutboundRules,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.lifecycle.atShutdown('queues', 'connections', () => this.pool.close());
  }

  /** Works with the connection's session of this process. @throws ConnectorError */
  async use<T>(connection: Connection, work: (session: Session) => Promise<T>): Promise<T> {
    return this.pool.use(connection, () => this.open(connection), work);
  }

  /** Works with a session that is not kept. @throws ConnectorError */
  async once<T>(connection: Connection, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.open(connection);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  private async open(connection: Connection): Promise<Session> {
    const { id: connectionId, organizationId } = connection;
    const { protocol, secretFields } = this.protocols.of(connection);
    const split = this.secrets.open(connection);
    const context = { organizationId, connectionId, outbound: this.outbound };
    const session = await discreet(split.secrets, undefined, () => protocol.open(secretFields.join(split), context));
    return {
      call: (...call) => discreet(split.secrets, session, () => session.call(...call)),
      check: (signal) => discreet(split.secrets, session, () => session.check(signal)),
      ...(session.subscribe && { subscribe: session.subscribe.bind(session) }),
      close: () => session.close(),
    };
  }
}

/** Takes secrets out of whatever the work fails with. */
async function discreet<T>(secrets: Secrets, session: Session | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const masking = new SecretMasking([...secrets.values(), ...(session?.secrets?.() ?? [])]);
    if (error instanceof ConnectorError) {
      const details = error.details && masking.value<JsonObject>(error.details);
      // What the other side said may be nothing that can be kept.
      const kept = details && jsonProblem(details) === undefined ? { details } : {};
      throw new ConnectorError(masking.text(error.message), { retryable: error.retryable, ...kept });
    }
    const bug = error instanceof Error ? error : new Error(String(error));
    bug.message = masking.text(bug.message);
    bug.stack = masking.text(bug.stack ?? '');
    throw bug;
  }
}
