import { isIP, type Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import type { Client, FileInfo } from 'basic-ftp';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import { tooLarge } from '../support/file-content';
import { MIB } from '../support/http-agent';
import { tlsOptions } from '../support/tls';
import type { FileEntry, FileWay } from './file-way';
import { hostOf, portOf, type FtpConfig } from './ftp-config';

/** Bytes of a folder's listing. */
const LARGEST_LISTING = 10 * MIB;
/** Milliseconds. */
const MOMENT = 5_000;

/** Files by FTP. Transfers are passive, to ports of the address that was connected to and of no other. */
export class FtpWay implements FileWay {
  private constructor(private readonly client: Client) {}

  /** Connects and logs in. */
  static async open(config: FtpConfig, outbound: OutboundRules, signal: AbortSignal): Promise<FtpWay> {
    const { Client } = await import('basic-ftp');
    const host = hostOf(config);
    const address = await outbound.resolve(host);
    // The call's own deadline ends it.
    const client = new Client(0, { allowSeparateTransferHost: false, maxListingBytes: LARGEST_LISTING });
    endWhole(client);
    signal.addEventListener('abort', () => client.close(), { once: true });
    signal.throwIfAborted();
    hearOut(client);
    try {
      const opened = client.access({
        host: address,
        port: portOf(config),
        user: config.username ?? 'anonymous',
        password: config.password ?? (config.username === undefined ? 'hub@example.com' : ''),
        secure: config.secure === 'implicit' ? 'implicit' : config.secure === 'explicit',
        // The certificate is the name's, wherever that led.
        secureOptions: { ...tlsOptions(config.tls), ...(isIP(host) === 0 && { servername: host }) },
      });
      requireGreeting(client, config.secure === 'implicit');
      await opened;
      return new FtpWay(client);
    } catch (error) {
      client.close();
      if (isReply(error, 530)) throw new ConnectorError(LOGIN_REFUSED);
      throw error;
    }
  }

  async requireFolder(path: string): Promise<void> {
    await this.client.cd(path);
  }

  async list(path: string, most: number): Promise<FileEntry[]> {
    // Some servers answer for a file with that file.
    await this.client.cd(path);
    const found = await this.client.list();
    return found
      .filter(({ name }) => name !== '.' && name !== '..')
      .slice(0, most)
      .map(entryOf);
  }

  async download(path: string, most: number): Promise<Buffer> {
    // Spares the way where it would be for nothing.
    if ((await this.sizeOf(path)) > most) throw tooLarge(most);
    const chunks: Buffer[] = [];
    let size = 0;
    const into = new Writable({
      write: (chunk: Buffer, _, done) => {
        chunks.push(chunk);
        size += chunk.length;
        done(size > most ? tooLarge(most) : null);
      },
    });
    await this.client.downloadTo(into, path);
    return Buffer.concat(chunks);
  }

  /** Bytes, as far as the server tells. */
  private async sizeOf(path: string): Promise<number> {
    try {
      return await this.client.size(path);
    } catch (error) {
      if (isReply(error, 550)) throw error;
      return 0;
    }
  }

  async upload(path: string, bytes: Buffer): Promise<void> {
    await this.client.uploadFrom(Readable.from([bytes]), path);
  }

  async remove(path: string): Promise<void> {
    await this.client.remove(path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.client.rename(from, to);
  }

  /** Most servers rename in place of another file; some want that one deleted before. */
  async replace(from: string, to: string): Promise<void> {
    try {
      await this.client.rename(from, to);
    } catch (error) {
      if (!isReply(error, 550, 553)) throw error;
      await this.client.remove(to, true);
      await this.client.rename(from, to);
    }
  }

  async makeFolder(path: string): Promise<void> {
    await this.client.ensureDir(path);
  }

  close(): void {
    this.client.close();
  }
}

export const LOGIN_REFUSED = 'the user name or password is wrong';

const isReply = (error: unknown, ...codes: number[]): boolean => {
  const { name, code } = error as { name?: string; code?: unknown };
  return name === 'FTPError' && codes.includes(code as number);
};

/** Until the socket of a transfer is connected, the library itself does not close it, and whoever waits for that waits on. */
function endWhole({ ftp }: Client): void {
  const close = ftp.closeWithError.bind(ftp);
  const make = ftp._newSocket.bind(ftp);
  let newest: Socket | undefined;
  ftp._newSocket = () => (newest = make());
  ftp.closeWithError = (error) => {
    close(error);
    if (newest?.connecting === true) newest.destroy(error);
  };
}

/** A server that refuses a transfer may end its connection before it says why: that has a moment to come. */
function hearOut({ ftp }: Client): void {
  const close = ftp.closeWithError.bind(ftp);
  ftp.closeWithError = (error) => {
    if (error.message.endsWith('(data socket)')) setTimeout(() => close(error), MOMENT).unref();
    else close(error);
  };
}

/** The library waits on for an answer where there is one that is none. */
function requireGreeting(client: Client, isTls: boolean): void {
  if (isTls) return;
  client.ftp.socket.once('data', (said: Buffer | string) => {
    if (!/^\d{3}/.test(said.toString())) client.ftp.closeWithError(new ConnectorError('the answer is not FTP'));
  });
}

function entryOf({ name, size, modifiedAt, isDirectory, isFile, isSymbolicLink }: FileInfo): FileEntry {
  const link = isSymbolicLink ? 'link' : 'other';
  return {
    name,
    type: isDirectory ? 'folder' : isFile ? 'file' : link,
    size: Number.isFinite(size) ? size : null,
    modifiedAt: modifiedAt?.toISOString() ?? null,
  };
}
