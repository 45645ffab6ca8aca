import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { filterProblem, isId } from '#kernel';
import type { BrokerClient, WirePacket } from './aedes-internals';
import type { Connection } from './connection';
import { REASON } from './reason-codes';
import { prefixOf } from './tenant';

export const MAX_PAYLOAD_BYTES = 1_048_576;
/** The largest payload with its topic and properties. */
export const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 16_384;
/** Nobody has signed in yet: id, will, user name and token fit in here. */
const MAX_CONNECT_BYTES = 196_608;
/** Levels of topics and filters up to which aedes takes them, without the prefix. */
const MAX_LEVELS = 49;

/** A protocol error of the client, with the MQTT 5 reason code for its DISCONNECT. */
export type Fail = (code: number, problem: string) => void;

/**
 * Stands between parser and broker: topics, filters, will and client id of a connection are put under its organization's
 * prefix before aedes sees them, and malformed packets end the connection.
 */
export function mountAtParser(client: BrokerClient, connection: Connection, fail: Fail): void {
  const parser = client._parser;
  const [accept] = parser.listeners('packet') as [(packet: WirePacket) => void];
  parser.removeAllListeners('packet').removeAllListeners('error');
  parser.on('error', (error: Error) => fail(REASON.malformedPacket, error.message));
  parser.on('packet', (packet: WirePacket) => {
    if (connection.failed) return;
    const problem = mount(packet, client, connection);
    if (problem) fail(...problem);
    else accept.call(parser, packet);
  });

  const parse = parser.parse.bind(parser);
  parser.parse = (bytes) => {
    const rest = parse(bytes);
    const known = client.connected || client.connecting;
    if (!known && parser.packet.length > MAX_CONNECT_BYTES) fail(REASON.packetTooLarge, 'CONNECT is too large');
    return rest;
  };

  // mqtt-packet puts U+FFFD where a string is not UTF-8; MQTT 5, section 1.5.4 wants the connection closed.
  const parseString = parser._parseString.bind(parser);
  parser._parseString = () => {
    const start = parser._pos + 2;
    const text = parseString();
    if (text === null || !/[\0\uFFFD]/.test(text)) return text;
    if (!text.includes('\0') && isUtf8(parser._list.slice(start, parser._pos))) return text;
    parser._emitError(new Error('text is not valid UTF-8'));
    return null;
  };
}

type Problem = [code: number, text: string];

function mount(packet: WirePacket, client: BrokerClient, connection: Connection): Problem | undefined {
  switch (packet.cmd) {
    case 'connect':
      if (!client.connecting && !client.connected) mountConnect(packet, connection);
      return undefined;
    case 'publish':
      if (packet.payload.length > MAX_PAYLOAD_BYTES) return [REASON.packetTooLarge, 'the payload is too large'];
      if (/[+#]/.test(packet.topic) || tooDeep(packet.topic)) {
        return [REASON.topicNameInvalid, 'the topic holds a wildcard or too many levels'];
      }
      // An empty topic stands for a topic alias, which we do not offer: aedes says so.
      if (packet.topic !== '') packet.topic = connection.prefix + packet.topic;
      return undefined;
    case 'subscribe':
      return mountFilters(packet, client, connection);
    case 'unsubscribe':
      packet.unsubscriptions = packet.unsubscriptions.map((filter) => connection.prefix + filter);
      return undefined;
    default:
      return undefined;
  }
}

/** aedes would close the connection without a word. */
const tooDeep = (topic: string): boolean => topic.length > MAX_LEVELS && topic.split('/').length > MAX_LEVELS;

function mountFilters(packet: WirePacket, client: BrokerClient, { prefix }: Connection): Problem | undefined {
  for (const subscription of packet.subscriptions) {
    const problem = filterProblem(subscription.topic) ?? (tooDeep(subscription.topic) && 'too many levels');
    if (problem) return [REASON.topicFilterInvalid, problem];
    // With MQTT 5 aedes itself answers 0x9E (no shared subscriptions), which it knows by the bare filter.
    const shared = client.version === 5 && subscription.topic.startsWith('$share/');
    if (!shared) subscription.topic = prefix + subscription.topic;
  }
  return undefined;
}

function mountConnect(packet: WirePacket, connection: Connection): void {
  const organizationId = packet.username?.toLowerCase();
  if (isId(organizationId)) connection.prefix = prefixOf(organizationId);
  connection.clientId = packet.clientId;
  if (packet.will) {
    connection.willTopic = packet.will.topic;
    packet.will.topic = connection.prefix + packet.will.topic;
  }
  // MQTT 3.1.1 has no lasting session without an id; aedes refuses that one by its emptiness.
  if (packet.clientId === '' && packet.protocolVersion < 5 && !packet.clean) return;
  if (packet.clientId === '') {
    connection.clientId = `auto-${randomUUID()}`;
    connection.clientIdAssigned = true;
  }
  packet.clientId = connection.prefix + connection.clientId;
}
