import {
  chmodSync,
  closeSync,
  fdatasyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fixed } from './markdown.ts';
import { median } from './statistics.ts';

const TMPFS = 0x01021994;
const PROBES = 200;

/** A directory for one hub, removed at the end. */
export class DataDirectory implements Disposable {
  readonly path: string;
  private readonly atExit = (): void => this[Symbol.dispose]();

  /** @param parent where it is made; the system's directory for temporary files when not given. */
  constructor(parent: string = tmpdir()) {
    mkdirSync(resolve(parent), { recursive: true });
    this.path = mkdtempSync(join(resolve(parent), 'maestrohub-bench-'));
    // As root PostgreSQL runs under an account of its own, which has to pass through.
    chmodSync(this.path, 0o711);
    process.once('exit', this.atExit);
  }

  join(name: string): string {
    return join(this.path, name);
  }

  /** How fast the disk under it makes a page durable, which is what a commit waits for. */
  describeDisk(): string {
    if (statfsSync(this.path).type === TMPFS) return 'memory (tmpfs): nothing here is durable, see --data-dir';
    const file = this.join('probe');
    const descriptor = openSync(file, 'w');
    const page = Buffer.alloc(8192, 'x');
    const milliseconds = Array.from({ length: PROBES }, () => {
      const began = performance.now();
      writeSync(descriptor, page);
      fdatasyncSync(descriptor);
      return performance.now() - began;
    });
    closeSync(descriptor);
    rmSync(file);
    return `8 KiB written and synced in ${fixed(median(milliseconds), 2)} ms (median of ${PROBES})`;
  }

  [Symbol.dispose](): void {
    process.off('exit', this.atExit);
    rmSync(this.path, { recursive: true, force: true });
  }
}
