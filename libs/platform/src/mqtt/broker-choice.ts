import { Injectable } from '@nestjs/common';
import { Config } from '../config';

/** A broker of the user's and how one signs in there. The address holds no credentials. */
export interface OutsideBroker {
  kind: 'outside';
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:` */
  url: string;
  username?: string;
  password?: string;
  /** PEM: whom the broker's certificate is trusted by, instead of the usual authorities. */
  ca?: string;
  /** PEM: our own certificate and its key, where the broker asks for one. */
  certificate?: string;
  privateKey?: string;
}

export type Broker = { kind: 'embedded' } | OutsideBroker;

/** A broker with the number of the choice by which it came into use: our sessions there bear it. 0: the environment's. */
export interface NumberedBroker<B extends Broker = Broker> {
  number: number;
  broker: B;
}

export interface BrokerPlan {
  current: NumberedBroker;
  /** Brokers that were in use before and are still listened to, as publishers move one after the other. */
  previous: readonly NumberedBroker<OutsideBroker>[];
}

/** Which broker is to be used. Implemented by the area that keeps this setting; asked by every process. */
export abstract class BrokerChoice {
  /** As it is stored now. @throws DomainError `unavailable` */
  abstract plan(): Promise<BrokerPlan>;
  /** Calls back when it may have changed; a call may get lost. @returns the function that ends it. */
  abstract watch(changed: () => void): () => void;
  /** Nobody has a session at that previous broker any more: it is not part of the plan from now on. */
  abstract forget(number: number): Promise<void>;
}

/** What the environment says. */
export const configuredBroker = ({ mqtt: { url } }: Config): Broker =>
  url === undefined ? { kind: 'embedded' } : outsideBroker(url);

/** Takes user name and password out of the address. */
export function outsideBroker(address: string): OutsideBroker {
  const url = new URL(address);
  const { username, password } = url;
  if (!username && !password) return { kind: 'outside', url: address };
  [url.username, url.password] = ['', ''];
  return {
    kind: 'outside',
    url: url.href,
    ...(username && { username: decoded(username) }),
    ...(password && { password: decoded(password) }),
  };
}

/** A percent sign may stand for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The environment's broker, for good. */
@Injectable()
export class ConfiguredBrokerChoice extends BrokerChoice {
  constructor(private readonly config: Config) {
    super();
  }

  plan(): Promise<BrokerPlan> {
    return Promise.resolve({ current: { number: 0, broker: configuredBroker(this.config) }, previous: [] });
  }

  watch(): () => void {
    return () => undefined;
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }
}

/** Host and port. */
export const addressOf = ({ url }: Pick<OutsideBroker, 'url'>): string => new URL(url).host;

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'mqtt:': '1883',
  'mqtts:': '8883',
  'ws:': '80',
  'wss:': '443',
};

/** Whether both are reached at one host and port. */
export function isSameServer(one: Broker, other: Broker): boolean {
  if (one.kind === 'embedded' || other.kind === 'embedded') return one.kind === other.kind;
  return serverOf(one) === serverOf(other);
}

function serverOf({ url }: OutsideBroker): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname.toLowerCase()}:${port || DEFAULT_PORTS[protocol]}`;
}
