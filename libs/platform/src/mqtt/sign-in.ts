import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { topicProblem } from '#kernel';
import type { AuthenticateError } from 'aedes';
import type { BrokerClient } from './aedes-internals';
import type { Connection } from './connection';
import type { CredentialWatch } from './credential-watch';
import type { MqttGate, MqttPrincipal } from './ports';
import { tenantOf } from './tenant';

const MAX_CLIENT_ID = 1_024;

/** CONNACK codes of MQTT 3.1.1; aedes translates them for MQTT 5. */
const REFUSED = { clientId: 2, unavailable: 3, notAuthorized: 5 };

const refused = (returnCode: number, message: string): AuthenticateError =>
  Object.assign(new Error(message), { returnCode });

/** Asks the gate about a client's user name and password, and about its will. */
export class SignIn {
  private readonly log = new Logger(SignIn.name);

  constructor(
    private readonly gate: MqttGate,
    private readonly watch: CredentialWatch,
  ) {}

  /** Resolves with the refusal, or nothing when the client is in. */
  async check(
    client: BrokerClient,
    connection: Connection,
    password: Buffer | undefined,
  ): Promise<AuthenticateError | undefined> {
    const organizationId = tenantOf(connection.prefix);
    if (connection.clientId.length > MAX_CLIENT_ID) return refused(REFUSED.clientId, 'client id is too long');
    const token = password?.toString();
    let principal: MqttPrincipal | undefined;
    try {
      if (organizationId !== '!' && token !== undefined) {
        principal = await this.gate.signIn(organizationId, token, client.conn.remoteAddress);
      }
    } catch (error) {
      this.log.warn(`sign-in is not possible: ${String(error)}`);
      return refused(REFUSED.unavailable, 'sign-in is not possible');
    }
    // The prefix was taken from the user name, so a gate that answers with another organization is refused.
    if (token === undefined || principal?.organizationId.toLowerCase() !== organizationId) {
      return refused(REFUSED.notAuthorized, 'wrong user name or token');
    }
    const { willTopic } = connection;
    if (willTopic !== undefined && (topicProblem(willTopic) || !principal.mayPublish(willTopic))) {
      return refused(REFUSED.notAuthorized, 'the will is not allowed');
    }
    if (client.closed) return undefined;
    connection.credentialKey = `${organizationId} ${createHash('sha256').update(token).digest('base64')}`;
    connection.credential = this.watch.join(connection.credentialKey, principal, client);
    if (willTopic !== undefined) connection.willToken = token;
    if (connection.clientIdAssigned) client._assignedClientId = connection.clientId;
    return undefined;
  }
}
