import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory, requireSpace } from './data-directory';
import { lockDirectory } from './directory-lock';
import { keptSecretKey } from './secret-key';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'data-directory-'))));
afterEach(() => rmSync(root, { recursive: true }));

const inUse = /is in use by another MaestroHub \(process \d+\): stop that one, or set HUB_DATA_DIR/;

describe('data directory', () => {
  it('is made with all above it, and can be had once at a time, by whatever path', () => {
    const path = join(root, 'a', 'b');
    const first = openDataDirectory(path);
    symlinkSync(path, join(root, 'link'));
    expect(() => openDataDirectory(path)).toThrow(inUse);
    expect(() => openDataDirectory(join(root, 'link'))).toThrow(inUse);
    first.release();
    openDataDirectory(join(root, 'link')).release();
  });

  it('is refused in one line where a file is in the way', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => openDataDirectory(join(root, 'file'))).toThrow(
      /HUB_DATA_DIR: .*file cannot be used: it is not a directory$/,
    );
    expect(() => openDataDirectory(join(root, 'file', 'a'))).toThrow(/file cannot be used: it is not a directory$/);
  });

  it('is refused where nothing can be made', () => {
    expect(() => openDataDirectory('/proc/maestrohub')).toThrow(/HUB_DATA_DIR: \/proc\/maestrohub cannot be used: /);
  });

  it('is full when there is less room than needed', () => {
    expect(() => requireSpace(root, 2 ** 40)).toThrow(/is full \(\d+ MiB left, at least \d+ MiB are needed\)/);
    requireSpace(root, 0);
  });
});

describe('lock', () => {
  /** Another process that takes the lock and keeps it. */
  async function holder() {
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      new DatabaseSync(process.argv[1]).exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', script, join(root, 'hub.lock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  it('goes with its process, also by kill -9', async () => {
    const child = await holder();
    expect(() => lockDirectory(root)).toThrow(/is in use by another MaestroHub/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDirectory(root).release();
  });

  it('does not mind what a killed process left behind', () => {
    writeFileSync(join(root, 'hub.pid'), '1\n');
    writeFileSync(join(root, 'hub.lock'), '');
    lockDirectory(root).release();
    expect(readFileSync(join(root, 'hub.pid'), 'utf8')).toBe(`${process.pid}\n`);
  });
});

describe('secret key', () => {
  it('is made once, and for its owner alone', () => {
    const key = keptSecretKey(root);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(keptSecretKey(root)).toBe(key);
    expect(statSync(join(root, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(root, 'secret.key.new'))).toBe(false);
  });

  it('is never replaced when it is damaged', () => {
    writeFileSync(join(root, 'secret.key'), '');
    expect(() => keptSecretKey(root)).toThrow(/secret\.key is damaged: restore it/);
    expect(readFileSync(join(root, 'secret.key'), 'utf8')).toBe('');
  });

  it('is made anew after one that was cut short while being written', () => {
    mkdirSync(join(root, 'x'));
    writeFileSync(join(root, 'x', 'secret.key.new'), 'abc');
    expect(keptSecretKey(join(root, 'x'))).toMatch(/^[0-9a-f]{64}$/);
  });
});
