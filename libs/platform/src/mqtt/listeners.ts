import { once } from 'node:events';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { Logger } from '@nestjs/common';
import { SettingsError } from '../config';

/** By all ways together; of each port by itself before that. */
export const MAX_CONNECTIONS = 10_000;
const HANDSHAKE_MS = 10_000;
const WATCH_MS = 1_000;

interface TlsFiles {
  port: number;
  certFile: string;
  keyFile: string;
}

export interface MqttAddress {
  host: string;
  /** Port 0 takes a free one. */
  port: number;
  tls?: TlsFiles | undefined;
}

/** The ports of the embedded broker: TCP, and TLS where there is a certificate. */
export class Listeners {
  private readonly log = new Logger(Listeners.name);
  private tcp: Server | undefined;
  private tls: TlsServer | undefined;

  constructor(
    private readonly address: MqttAddress,
    private readonly accept: (socket: Socket) => void,
  ) {}

  /** @throws when a port cannot be had, or certificate and key do not fit. */
  async open(): Promise<void> {
    const { host, port, tls } = this.address;
    try {
      this.tcp = createServer({ noDelay: true }, this.accept);
      await listen(this.tcp, port, host);
      if (!tls) return;
      const options = {
        ...readPair(tls),
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE_MS,
        noDelay: true,
      } as const;
      this.tls = createTlsServer(options, this.accept);
      this.tls.on('tlsClientError', (error) => this.log.debug(`TLS: ${error.message}`));
      await listen(this.tls, tls.port, host);
      for (const file of [tls.certFile, tls.keyFile]) {
        watchFile(file, { interval: WATCH_MS, persistent: false }, () => this.renew(tls));
      }
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  get port(): number {
    return portOf(this.tcp) ?? this.address.port;
  }

  get tlsPort(): number | undefined {
    return portOf(this.tls);
  }

  /** Takes no more connections. Resolves when those there are have ended. */
  async close(): Promise<void> {
    const { tls } = this.address;
    if (this.tls && tls) for (const file of [tls.certFile, tls.keyFile]) unwatchFile(file);
    const servers = [this.tcp, this.tls].filter((server) => server?.listening);
    await Promise.all(servers.map((server) => new Promise((resolve) => server!.close(resolve))));
  }

  /** A certificate that was renewed serves the next connections; half of a new pair changes nothing. */
  private renew(files: TlsFiles): void {
    try {
      this.tls!.setSecureContext({ ...readPair(files), minVersion: 'TLSv1.2' });
      this.log.log('the TLS certificate was read again');
    } catch (error) {
      this.log.warn(`the TLS certificate stays as it was: ${(error as Error).message}`);
    }
  }
}

/** @throws SettingsError that says what is wrong with them. */
function readPair({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  const pair = { cert: read('HUB_MQTT_TLS_CERT_FILE', certFile), key: read('HUB_MQTT_TLS_KEY_FILE', keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw wrong(
      `HUB_MQTT_TLS_CERT_FILE, HUB_MQTT_TLS_KEY_FILE: no certificate with its key: ${(error as Error).message}`,
    );
  }
  return pair;
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw wrong(`${setting}: must name a readable file`);
  }
}

const wrong = (problem: string): SettingsError => new SettingsError(`wrong settings:\n  ${problem}`);

async function listen(server: Server, port: number, host: string): Promise<void> {
  // Of those that have not got as far as the broker, too.
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
}

const portOf = (server: Server | undefined): number | undefined =>
  (server?.address() as AddressInfo | null | undefined)?.port;
