import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { isId, topicProblem } from '#kernel';
import type { BrokerClient, WirePacket } from './aedes-internals';
import type { Connection } from './connection';
import { REASON } from './reason-codes';
import { readFilter } from './shared-group';
import { prefixOf } from './tenant';

export const MAX_PAYLOAD_BYTES = 1_048_576;
/** The largest payload with its topic and properties. */
export const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 16_384;
/** Nobody has signed in yet: id, will, user name and token fit in here. */
const MAX_CONNECT_BYTES = 196_608;
/** What may come together with it, each packet counted with what it costs beside its bytes. */
const MAX_EARLY_BYTES = 2 * 1024 * 1024;
const EARLY_PACKET_BYTES = 200;
/** Levels of topics and filters up to which aedes takes them, without the prefix. */
const MAX_LEVELS = 49;

/** A protocol error of the client, with the MQTT 5 reason code for its DISCONNECT. */
export type Fail = (code: number, problem: string) => void;

/**
 * Stands between parser and broker: topics, will and client id of a connection are put under its organization's prefix
 * before aedes sees them, and malformed packets end the connection. `take` may keep a packet from aedes.
 */
export function mountAtParser(
  client: BrokerClient,
  connection: Connection,
  fail: Fail,
  take: (packet: WirePacket) => boolean,
): void {
  const parser = client._parser;
  const [accept] = parser.listeners('packet') as [(packet: WirePacket) => void];
  parser.removeAllListeners('packet').removeAllListeners('error');
  parser.on('error', (error: Error) => fail(REASON.malformedPacket, error.message));
  const handle = (packet: WirePacket): void => {
    if (connection.failed) return;
    const problem = mount(packet, client, connection);
    if (problem) fail(...problem);
    else if (!take(packet)) accept.call(parser, packet);
  };
  parser.on('packet', untilConnected(client, handle, fail));

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

/** Packets may come together with the CONNECT: they wait until it is answered. */
function untilConnected(client: BrokerClient, handle: (packet: WirePacket) => void, fail: Fail) {
  let early: WirePacket[] = [];
  let bytes = 0;
  client.once('connected', () => {
    const waiting = early;
    early = [];
    waiting.forEach(handle);
  });
  return (packet: WirePacket): void => {
    if (!client.connecting || packet.cmd === 'connect') {
      handle(packet);
      return;
    }
    early.push(packet);
    bytes += packet.length + EARLY_PACKET_BYTES;
    if (bytes > MAX_EARLY_BYTES) fail(REASON.quotaExceeded, 'too much before the CONNACK');
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
      // aedes remembers what an alias stands for: with the prefix, and never more than a topic can be.
      if (packet.properties?.['topicAlias'] !== undefined && packet.topic !== '' && topicProblem(packet.topic)) {
        return [REASON.topicNameInvalid, 'an alias for what is no topic'];
      }
      // An empty one stands for an alias.
      if (packet.topic !== '') packet.topic = connection.prefix + packet.topic;
      return undefined;
    case 'subscribe':
      return filtersProblem(packet.subscriptions.map(({ topic }) => topic));
    case 'unsubscribe':
      return filtersProblem(packet.unsubscriptions);
    default:
      return undefined;
  }
}

/** aedes would close the connection without a word. */
const tooDeep = (topic: string): boolean => topic.length > MAX_LEVELS && topic.split('/').length > MAX_LEVELS;

function filtersProblem(filters: readonly string[]): Problem | undefined {
  const isWrong = (filter: string): boolean => readFilter(filter) === undefined || tooDeep(filter);
  return filters.some(isWrong) ? [REASON.topicFilterInvalid, 'a malformed filter'] : undefined;
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
