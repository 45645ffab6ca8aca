import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client, ConnectConfig, FileEntryWithStats, SFTPWrapper } from 'ssh2';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import { tooLarge } from '../support/file-content';
import { readBytes } from '../support/http-agent';
import type { FileEntry, FileWay } from './file-way';
import { folderOf, hostOf, portOf, type FtpConfig } from './ftp-config';

/** Codes of SFTP (draft-ietf-secsh-filexfer-02, section 7). */
const END_OF_LIST = 1;
const TYPE_OF_FILE = 0o170000;

/** Calls of the library, which take callbacks. */
type Callback<T> = (error: Error | null | undefined, result: T) => void;
const answered = <T>(ask: (callback: Callback<T>) => unknown): Promise<T> =>
  new Promise((answer, fail) => ask((error, result) => (error ? fail(error) : answer(result))));

/** Files by SFTP. */
export class SftpWay implements FileWay {
  private constructor(
    private readonly client: Client,
    private readonly sftp: SFTPWrapper,
  ) {}

  /** Connects, checks who is there and logs in. */
  static async open(config: FtpConfig, outbound: OutboundRules, signal: AbortSignal): Promise<SftpWay> {
    const { default: ssh } = await import('ssh2');
    const socket = await outbound.socket(hostOf(config), portOf(config), signal);
    const client = new ssh.Client();
    signal.addEventListener('abort', () => client.destroy(), { once: true });
    const failed = new Promise<never>((_, fail) => {
      client
        .on('error', (error) => fail(ofSsh(error)))
        .on('close', () => fail(new ConnectorError('the connection was closed', RETRYABLE)));
    });
    failed.catch(() => undefined);
    const host = new HostKey(config.hostKeyFingerprint);
    const ready = new Promise<void>((is) => client.once('ready', is));
    client.on('keyboard-interactive', (_name, _instructions, _lang, prompts, finish) =>
      finish(prompts.map(() => config.password ?? '')),
    );
    try {
      client.connect({ ...credentialsOf(config), sock: socket, hostVerifier: host.verify, readyTimeout: 0 });
      await Promise.race([ready, failed]);
      const sftp = await Promise.race([answered<SFTPWrapper>((callback) => client.sftp(callback)), failed]);
      // What is under way hears of it by itself.
      sftp.on('error', () => undefined);
      return new SftpWay(client, sftp);
    } catch (error) {
      client.destroy();
      socket.destroy();
      throw host.problem() ?? error;
    }
  }

  async requireFolder(path: string): Promise<void> {
    const stats = await answered<{ isDirectory(): boolean }>((callback) => this.sftp.stat(path, callback));
    if (!stats.isDirectory()) throw new ConnectorError('the path is not a folder');
  }

  async list(path: string, most: number): Promise<FileEntry[]> {
    const folder = await answered<Buffer>((callback) => this.sftp.opendir(path, callback));
    const found: FileEntry[] = [];
    try {
      while (found.length < most) {
        const some = await this.readOn(folder);
        if (!some) break;
        found.push(...some.filter(({ filename }) => filename !== '.' && filename !== '..').map(entryOf));
      }
      return found.slice(0, most);
    } finally {
      this.sftp.close(folder, () => undefined);
    }
  }

  private readOn(folder: Buffer): Promise<FileEntryWithStats[] | undefined> {
    return answered<FileEntryWithStats[]>((callback) => this.sftp.readdir(folder, callback)).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === END_OF_LIST) return undefined;
      throw error;
    });
  }

  download(path: string, most: number): Promise<Buffer> {
    const file = this.sftp.createReadStream(path);
    // One that is left early is told of the end of its connection, when nobody listens any more.
    file.on('error', () => undefined);
    return readBytes(file, most, tooLarge);
  }

  upload(path: string, bytes: Buffer): Promise<void> {
    return answered((callback: Callback<void>) => this.sftp.writeFile(path, bytes, (error) => callback(error)));
  }

  remove(path: string): Promise<void> {
    return answered((callback: Callback<void>) => this.sftp.unlink(path, (error) => callback(error)));
  }

  rename(from: string, to: string): Promise<void> {
    return answered((callback: Callback<void>) => this.sftp.rename(from, to, (error) => callback(error)));
  }

  /** SFTP does not rename in place of another file; OpenSSH does, by an extension that others have as well. */
  async replace(from: string, to: string): Promise<void> {
    try {
      await answered((callback: Callback<void>) => this.sftp.ext_openssh_rename(from, to, (error) => callback(error)));
    } catch (error) {
      if ((error as { code?: unknown }).code !== undefined) throw error;
      // Not known to this server.
      await this.remove(to).catch(() => undefined);
      await this.rename(from, to);
    }
  }

  async makeFolder(path: string): Promise<void> {
    if (path === '/') return;
    try {
      await this.requireFolder(path);
    } catch {
      await this.makeFolder(folderOf(path));
      try {
        await answered((callback: Callback<void>) => this.sftp.mkdir(path, (error) => callback(error)));
      } catch (error) {
        // Somebody else may have made it.
        await this.requireFolder(path).catch(() => Promise.reject(error as Error));
      }
    }
  }

  close(): void {
    this.client.destroy();
  }
}

/** Those that say not what failed have found something that is no SSH. */
const ofSsh = (error: Error & { level?: string }): Error => Object.assign(error, { level: error.level ?? 'protocol' });

const RETRYABLE = { retryable: true };

function credentialsOf({ username, password, privateKey }: FtpConfig): ConnectConfig {
  if (privateKey === undefined) {
    return { username: username!, ...(password !== undefined && { password, tryKeyboard: true }) };
  }
  return { username: username!, privateKey, ...(password !== undefined && { passphrase: password }) };
}

/** Whether the server has the key that it is said to have. */
class HostKey {
  private seen: string | undefined;

  constructor(private readonly wanted: string | undefined) {}

  readonly verify = (key: Buffer): boolean => {
    const hash = createHash('sha256').update(key).digest();
    this.seen = hash.toString('base64').replace(/=+$/, '');
    const wanted = this.wanted === undefined ? hash : Buffer.from(this.wanted.slice('SHA256:'.length), 'base64');
    return wanted.length === hash.length && timingSafeEqual(wanted, hash);
  };

  problem(): ConnectorError | undefined {
    const wanted = this.wanted?.slice('SHA256:'.length).replace(/=+$/, '');
    if (this.seen === undefined || wanted === undefined || this.seen === wanted) return undefined;
    return new ConnectorError(`the server has another key than the one that is known: its is SHA256:${this.seen}`);
  }
}

function entryOf({ filename, attrs }: FileEntryWithStats): FileEntry {
  const types: Record<number, FileEntry['type']> = { 0o100000: 'file', 0o040000: 'folder', 0o120000: 'link' };
  return {
    name: filename,
    type: types[(attrs.mode ?? 0) & TYPE_OF_FILE] ?? 'other',
    size: attrs.size ?? null,
    modifiedAt: attrs.mtime === undefined ? null : new Date(attrs.mtime * 1_000).toISOString(),
  };
}
