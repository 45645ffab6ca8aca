import type { JsonValue } from '#kernel';
import type { OutboundRules } from '../../outbound';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { bytesOf, contentOf, largestOf } from '../support/file-content';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { Turns } from '../support/turns';
import type { FileWay } from './file-way';
import {
  absolute,
  folderOf,
  hostOf,
  portOf,
  temporaryName,
  type FtpConfig,
  type FtpFunctionConfig,
} from './ftp-config';
import { failureOf } from './ftp-failure';
import { USUAL_LIST } from './ftp-schemas';
import { FtpWay } from './ftp-way';
import { SftpWay } from './sftp-way';

/** Connections to a server at the same time: servers allow few to a user. */
const MOST_WAYS = 4;
/** Milliseconds. */
const LONGEST_CHECK = 10_000;

type Work = (config: FtpFunctionConfig, way: FileWay) => Promise<JsonObject>;

/**
 * Files of one server below one folder. There is a connection for each call: FTP does one thing at a time on each, and most
 * servers soon hang up on those who do nothing.
 */
export class FtpSession implements Session {
  private readonly where: string;
  private readonly turns = new Turns(MOST_WAYS);
  private readonly open = new Set<FileWay>();
  private readonly ended = new AbortController();

  constructor(
    private readonly config: FtpConfig,
    private readonly outbound: OutboundRules,
  ) {
    this.where = `${hostOf(config)}:${portOf(config)}`;
  }

  call(functionType: string, config: JsonObject, { signal, timeoutMs }: CallOptions): Promise<JsonValue> {
    const works: Record<string, Work> = {
      'ftp.download': this.download,
      'ftp.upload': this.upload,
      'ftp.list': this.list,
      'ftp.delete': this.delete,
      'ftp.rename': this.rename,
      'ftp.mkdir': this.mkdir,
    };
    const limit = timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return this.within(limit, signal, (way) => works[functionType]!(config as unknown as FtpFunctionConfig, way));
  }

  async check(signal: AbortSignal): Promise<void> {
    const limit = Math.min(this.config.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CHECK);
    await this.within(limit, signal, (way) => way.requireFolder(this.at('')));
  }

  close(): Promise<void> {
    this.ended.abort(new Error('the session was closed'));
    for (const way of this.open) way.close();
    return Promise.resolve();
  }

  private readonly download: Work = async ({ path, format }, way) => {
    const bytes = await way.download(this.at(path), largestOf(this.config));
    return { path, size: bytes.length, ...contentOf(bytes, format) };
  };

  private readonly upload: Work = async (config, way) => {
    const { path, content, format, atomic = true, createFolders = true } = config;
    const bytes = bytesOf(content, format, largestOf(this.config));
    const target = this.at(path);
    if (createFolders && folderOf(target) !== this.at('')) await way.makeFolder(folderOf(target));
    if (atomic) await replaced(way, target, bytes);
    else await way.upload(target, bytes);
    return { path, size: bytes.length };
  };

  private readonly list: Work = async ({ limit = USUAL_LIST, ...config }, way) => {
    const path = (config as Partial<FtpFunctionConfig>).path ?? '';
    const found = await way.list(this.at(path), limit + 1);
    const entries = found.slice(0, limit).map((entry) => ({ ...entry }));
    return { path, entries, truncated: found.length > limit };
  };

  private readonly delete: Work = async ({ path }, way) => {
    await way.remove(this.at(path));
    return { path };
  };

  private readonly rename: Work = async ({ from, to }, way) => {
    await way.rename(this.at(from), this.at(to));
    return { from, to };
  };

  private readonly mkdir: Work = async ({ path }, way) => {
    await way.makeFolder(this.at(path));
    return { path };
  };

  private at(path: string): string {
    return absolute(this.config.basePath, path);
  }

  private async within<T>(timeoutMs: number, signal: AbortSignal, work: (way: FileWay) => Promise<T>): Promise<T> {
    try {
      return await withinDeadline(
        { timeoutMs, signal: AbortSignal.any([signal, this.ended.signal]), where: this.where },
        (limited) => this.turns.take(limited, () => this.withWay(limited, work)),
      );
    } catch (error) {
      throw failureOf(error, this.where);
    }
  }

  private async withWay<T>(signal: AbortSignal, work: (way: FileWay) => Promise<T>): Promise<T> {
    const Way = this.config.protocol === 'sftp' ? SftpWay : FtpWay;
    const way = await Way.open(this.config, this.outbound, signal);
    this.open.add(way);
    try {
      signal.throwIfAborted();
      return await work(way);
    } finally {
      this.open.delete(way);
      way.close();
    }
  }
}

/** What is there stays whole until the new one is. */
async function replaced(way: FileWay, target: string, bytes: Buffer): Promise<void> {
  const temporary = temporaryName(target);
  try {
    await way.upload(temporary, bytes);
    await way.replace(temporary, target);
  } catch (error) {
    await way.remove(temporary).catch(() => undefined);
    throw error;
  }
}
