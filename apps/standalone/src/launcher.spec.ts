import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const LAUNCHER = join(__dirname, '..', 'launcher.cjs');

/** A clone in miniature: its npm and its compiler only note that they ran. */
class Clone {
  readonly root = mkdtempSync(join(tmpdir(), 'launcher-'));

  constructor() {
    this.write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }));
    this.write('libs/a.ts', '1');
    this.write('apps/web/build.mjs', '');
    this.write('tools/npm-cli.js', NPM);
    mkdirSync(join(this.root, 'apps/standalone'), { recursive: true });
    copyFileSync(LAUNCHER, join(this.root, 'apps/standalone/launcher.cjs'));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  start(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
    rmSync(join(this.root, 'log'), { force: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['apps/standalone/launcher.cjs', ...args], {
      cwd: this.root,
      env: { npm_execpath: join(this.root, 'tools/npm-cli.js'), NODE_FOR_CLONE: process.execPath, ...env },
      encoding: 'utf8',
    });
    const log = join(this.root, 'log');
    return { status, stdout, stderr, ran: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
  }
}

const NPM = `
const fs = require('fs');
if (process.argv[2] === '--version') { console.log(process.env.NPM_VERSION || '10.8.2'); process.exit(0); }
fs.appendFileSync('log', 'npm ' + process.argv[2] + '\\n');
if (process.env.NPM_FAILS) { console.error('E404 no such package'); process.exit(1); }
fs.mkdirSync('node_modules/.bin', { recursive: true });
fs.mkdirSync('node_modules/@nestjs/cli/bin', { recursive: true });
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
fs.rmSync('node_modules/.bin/node', { force: true });
fs.symlinkSync(process.env.NODE_FOR_CLONE, 'node_modules/.bin/node');
fs.writeFileSync('node_modules/@nestjs/cli/bin/nest.js', \`
  const fs = require('fs');
  fs.appendFileSync('log', 'build' + (fs.existsSync('dist') ? ' incremental' : '') + '\\\\n');
  if (fs.readFileSync('libs/a.ts', 'utf8') === 'wrong') { console.log('a.ts: error'); process.exit(1); }
  fs.mkdirSync('dist/apps/standalone/src', { recursive: true });
  fs.writeFileSync('dist/apps/standalone/src/main.js', fs.existsSync('libs/main') ? fs.readFileSync('libs/main') : '');
\`);
`;

describe('launcher', () => {
  let clone: Clone;
  beforeEach(() => (clone = new Clone()));
  afterEach(() => rmSync(clone.root, { recursive: true }));

  it('installs and builds what is missing, saying so, and nothing the second time', () => {
    const first = clone.start();
    expect(first).toMatchObject({ status: 0, ran: ['npm ci', 'build'] });
    expect(first.stderr).toMatch(
      /^installing packages … \d+\.\d s\nbuilding … \d+\.\d s\nbuilding pages … \d+\.\d s\n$/,
    );
    expect(clone.start()).toMatchObject({ status: 0, stderr: '', ran: [] });
  });

  it('installs again when package-lock.json asks for something else', () => {
    clone.start();
    clone.write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1' } } }));
    expect(clone.start().ran[0]).toBe('npm ci');
  });

  it('does not miss packages that are for other platforms', () => {
    clone.start();
    const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } };
    clone.write('package-lock.json', JSON.stringify({ packages }));
    expect(clone.start().ran).not.toContain('npm ci');
  });

  it('builds what changed, and from nothing once a source is gone', () => {
    clone.write('libs/b.ts', '1');
    clone.start();
    clone.write('libs/a.ts', '2');
    expect(clone.start().ran).toEqual(['build incremental']);
    rmSync(join(clone.root, 'libs/b.ts'));
    expect(clone.start().ran).toEqual(['build']);
  });

  it('does not build for a spec, nor for a file that was only touched', () => {
    clone.start();
    clone.write('libs/a.spec.ts', '1');
    clone.write('libs/a.ts', '1');
    expect(clone.start().ran).toEqual([]);
  });

  it('tries a failed build again', () => {
    clone.write('libs/a.ts', 'wrong');
    for (let i = 0; i < 2; i++) {
      const { status, stderr, ran } = clone.start();
      expect({ status, ran: ran.at(-1) }).toEqual({ status: 1, ran: 'build' });
      expect(stderr).toMatch(/a\.ts: error\nmaestrohub: building failed\n$/);
    }
  });

  it('shows what npm said when the installation fails', () => {
    const { status, stderr } = clone.start([], { NPM_FAILS: '1' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/E404 no such package\nmaestrohub: installing packages failed\n$/);
  });

  it('passes the exit code on', () => {
    clone.write('libs/main', 'process.exit(7)');
    expect(clone.start().status).toBe(7);
  });

  it('installs and builds alone with --build', () => {
    clone.write('libs/main', 'process.exit(7)');
    expect(clone.start(['--build'])).toMatchObject({ status: 0, ran: ['npm ci', 'build'] });
  });

  it('--help prints the usage and touches nothing', () => {
    const { status, stdout, ran } = clone.start(['--help']);
    expect({ status, ran }).toEqual({ status: 0, ran: [] });
    expect(stdout).toMatch(/^Usage: npm start/);
    expect(existsSync(join(clone.root, 'node_modules'))).toBe(false);
  });

  it('refuses an unknown option in one line', () => {
    expect(clone.start(['--port=80'])).toMatchObject({
      status: 2,
      stderr: 'maestrohub: unknown option --port=80: npm start -- --help lists what there is\n',
    });
  });

  it.each([
    ['18.20.4', 'maestrohub: Node 20.19 or newer is needed, this is 18.20.4\n'],
    ['0.12.18', 'maestrohub: Node 20.19 or newer is needed, this is 0.12.18\n'],
    ['20.18.9', 'maestrohub: Node 20.19 or newer is needed, this is 20.18.9\n'],
  ])('on Node %s says what is wrong in one line', (version, line) => {
    clone.write('old.cjs', `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    const NODE_OPTIONS = `--require ${join(clone.root, 'old.cjs')}`;
    expect(clone.start([], { NODE_OPTIONS })).toMatchObject({ status: 1, stderr: line, ran: [] });
  });

  it('says so when npm is too old', () => {
    expect(clone.start([], { NPM_VERSION: '6.14.0' })).toMatchObject({
      status: 1,
      stderr: 'maestrohub: npm 10 or newer is needed to install the packages, this is 6.14.0\n',
    });
  });

  it('says so when the pinned Node does not run and its own is too old', () => {
    clone.write('old.cjs', `Object.defineProperty(process.versions, 'node', { value: '20.19.0' });`);
    clone.start();
    rmSync(join(clone.root, 'node_modules/.bin/node'));
    symlinkSync('/nonexistent', join(clone.root, 'node_modules/.bin/node'));
    const { status, stderr } = clone.start([], { NODE_OPTIONS: `--require ${join(clone.root, 'old.cjs')}` });
    expect(status).toBe(1);
    expect(stderr).toMatch(/does not run \(are install scripts switched off\?\): Node 24\.11 or newer is needed\n$/);
  });

  it('can be read by any Node: it is ES5', async () => {
    const { parse } = await import('acorn');
    expect(() => parse(readFileSync(LAUNCHER, 'utf8'), { ecmaVersion: 5 })).not.toThrow();
  });
});

describe('package-lock.json', () => {
  interface Package {
    optionalDependencies?: Record<string, string>;
  }
  const root = join(__dirname, '../../..');
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Package>;
  };

  it('names the packages for every platform: without one of them npm ci refuses everywhere', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  it('holds no address of a registry', () => {
    expect(Object.keys(packages).filter((path) => 'resolved' in packages[path]!)).toEqual([]);
  });
});
