import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { MqttStream } from './embedded-broker';
import { MAX_PACKET_BYTES } from './tenant-wire';

export const MQTT_PATH = '/mqtt';
/** MQTT 5, section 6: the one name, whichever version of MQTT follows. */
const SUBPROTOCOL = 'mqtt';
const UNSUPPORTED_DATA = 1003;

/** What takes a connection; undefined while the broker is none of ours. */
export type TakeStream = (stream: MqttStream) => void;

/** MQTT over WebSocket, at `/mqtt` of the HTTP port, with whatever TLS stands before that. */
export class MqttWebSockets {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    // A frame may hold more than one packet, or less.
    maxPayload: 2 * MAX_PACKET_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  });

  constructor(
    private readonly broker: () => TakeStream | undefined,
    /** Reverse proxies in front whose X-Forwarded-For is believed. */
    private readonly trustProxy: number,
  ) {}

  /** Other requests that ask for an upgrade are answered as if they did not. */
  attach(server: Server): void {
    Object.assign(server, { shouldUpgradeCallback: (request: IncomingMessage) => this.isFor(request) });
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  private isFor({ url }: IncomingMessage): boolean {
    return this.broker() !== undefined && URL.parse(url ?? '', 'http://hub')?.pathname === MQTT_PATH;
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.includes(SUBPROTOCOL)) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.serve(webSocket, request));
  }

  private serve(webSocket: WebSocket, request: IncomingMessage): void {
    webSocket.on('message', (_data, isBinary) => {
      if (!isBinary) webSocket.close(UNSUPPORTED_DATA);
    });
    const stream = createWebSocketStream(webSocket);
    stream.on('error', () => undefined);
    const take = this.broker();
    if (take) take(Object.assign(stream, { remoteAddress: this.addressOf(request) }));
    else webSocket.terminate();
  }

  private addressOf({ headers, socket }: IncomingMessage): string | undefined {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const hops = [...forwarded.map((hop) => hop.trim()).filter((hop) => hop !== ''), socket.remoteAddress];
    return hops.at(-1 - this.trustProxy) ?? hops[0];
  }
}
