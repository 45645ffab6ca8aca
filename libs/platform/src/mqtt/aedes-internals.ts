import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { AedesPublishPacket, Client } from 'aedes';

/*
 * What we use of aedes 2.0.0-beta.1 beyond its published types. A new version of aedes is checked against this list;
 * the specs of this folder fail where one of these no longer holds.
 */

export type Qos = 0 | 1 | 2;

/** A packet as mqtt-packet parses it, before aedes sees it. */
export interface WirePacket {
  cmd: string;
  length: number;
  topic: string;
  payload: Buffer;
  clientId: string;
  clean: boolean;
  protocolVersion: number;
  username?: string;
  will?: Will;
  properties?: Record<string, unknown>;
  messageId: number;
  reasonCode?: number;
  subscriptions: { topic: string; qos: Qos; nl?: boolean; rap?: boolean; rh?: number }[];
  unsubscriptions: string[];
}

export interface Will {
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
  properties?: Record<string, unknown>;
}

export interface WireParser extends EventEmitter {
  parse(bytes: Buffer): number;
  /** The packet being read; `length` is its declared size, -1 before that is known. */
  packet: { length: number };
  _list: { slice(start: number, end: number): Buffer };
  _pos: number;
  _parseString(): string | null;
  _emitError(error: Error): void;
}

type Deliver = (packet: BrokerPacket, done: (error?: Error) => void) => void;

export interface BrokerClient extends Omit<Client, 'conn'> {
  conn: Socket;
  _parser: WireParser;
  /** Seconds that the session outlives the connection, as the client wished last. */
  sessionExpiryInterval: number;
  /** MQTT 5: what the client takes; 65,535 and undefined where it says nothing. */
  receiveMaximum: number;
  maximumPacketSize: number | undefined;
  /** MQTT 5: set by us so that CONNACK tells the id as the client should use it. */
  _assignedClientId: string | undefined;
  _requestProblemInformation: boolean;
  /** They write a packet, with its own message id, and call back when the socket has taken it. */
  deliver0: Deliver;
  deliverQoS: Deliver;
  /** Packets of the last read that are not done with; aedes reads on when there are none. */
  _parsingBatch: number;
  _nextBatch: (error?: Error | null) => void;
  connackSent: boolean;
  /** Started anew by every packet. */
  _keepaliveTimer: NodeJS.Timeout | null;
  /** Calls back when the socket takes more, or the client is given up. */
  waitForDrain(done: () => void): void;
  pause(): void;
}

export type BrokerPacket = Omit<AedesPublishPacket, 'payload' | 'brokerId' | 'properties'> & {
  payload: Buffer;
  /** null: aedes need not ask whether it comes a second time. */
  brokerId: string | null;
  clientId?: string;
  properties?: Record<string, unknown>;
  /** Tells aedes that the message is answered already: it neither acknowledges nor forwards it. */
  _notAuthorized?: boolean;
};
