/** What the embedded broker asks about a client. Implemented by the area that knows credentials. */
export abstract class MqttGate {
  /** Checks user name (organization id, lower case) and password (token); undefined when they are refused. */
  abstract signIn(userName: string, password: string, address?: string): Promise<MqttPrincipal | undefined>;
}

/** A signed-in MQTT client: its organization and its rights, in topics as the client names them. */
export interface MqttPrincipal {
  readonly organizationId: string;
  mayPublish(topic: string): boolean;
  maySubscribe(filter: string): boolean;
  /**
   * The principal with the rights of now, or undefined once the credential has ended. Asked about three times a second for
   * each credential that is connected; the same object when nothing has changed spares looking at subscriptions again.
   */
  refresh(): Promise<MqttPrincipal | undefined>;
}

/** Which organization a topic of an outside broker belongs to, and back. */
export abstract class MqttTopicMounts {
  /** `org/<id>/mHv1.0/a` → that organization and `mHv1.0/a`; undefined for topics of nobody. */
  abstract resolve(brokerTopic: string): { organizationId: string; topic: string } | undefined;
  /** The same from the database itself, for organizations so new that `resolve` knows nothing of them. @throws DomainError `unavailable`. */
  abstract lookUp(brokerTopic: string): Promise<{ organizationId: string; topic: string } | undefined>;
  abstract mount(organizationId: string, topic: string): string;
  /** The filters ingest has to subscribe to so that it gets every organization's data. */
  abstract subscriptions(): string[];
}

/** One message for the namespace, as the single `@EventPattern` handler gets it beside the payload bytes. */
export interface MqttMessageContext {
  organizationId: string;
  /** As the client named it: `mHv1.0/…`. */
  topic: string;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** The publishing client where the broker tells it. */
  clientId: string | undefined;
}

/** Publishes what came in by other ways (REST, pipelines) to the MQTT subscribers of an organization: QoS 1, not retained. */
export abstract class MqttOutlet {
  /** Whether anybody could receive it at all: what nobody hears need not be serialized. */
  abstract hasAudience(): boolean;
  abstract publish(organizationId: string, topic: string, payload: Buffer, recordId: string): Promise<void>;
}

/** Tells how the broker does, whichever it is, as this process sees it. */
export abstract class BrokerMonitor {
  abstract status(): ProcessBrokerStatus;
  /** Of every organization that has clients, or had messages since the process started. */
  abstract tenants(): ReadonlyMap<string, TenantTraffic>;
}

export interface BrokerStatus {
  mode: 'embedded' | 'outside';
  /** Host and port. */
  address: string;
  state: 'connected' | 'connecting' | 'stopped';
  /** null where only the broker knows. */
  clients: number | null;
  messagesIn: number;
  messagesOut: number;
  uptimeSeconds: number;
}

export interface ProcessBrokerStatus extends BrokerStatus {
  /** Of the choice by which it is in use. */
  number: number;
  /** Whether this process takes data in. */
  receives: boolean;
  /** Messages taken and not yet stored. */
  lag: number;
  /** Epoch milliseconds; null where none came. */
  lastMessageAt: number | null;
  /** Why the chosen broker is not the one in use. */
  problem: string | null;
  previous: PreviousBroker[];
}

/** A broker that is no longer in use and still listened to. */
export interface PreviousBroker {
  address: string;
  state: 'connected' | 'connecting';
  /** Epoch milliseconds; null where none came since this process listens. */
  lastMessageAt: number | null;
}

export interface TenantTraffic {
  clients: number | null;
  messagesIn: number;
  messagesOut: number;
  lag: number;
  lastMessageAt: number | null;
}
