import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually, killAll } from '#testing';
import { findAccount } from '../../apps/standalone/src/postgres/account';
import { reaches } from '../../apps/standalone/src/postgres/reach';
import { Mounts } from './mounts';
import { MAIN, ROOT, StandaloneProcess, stopAll } from './standalone-process';

jest.setTimeout(300_000);

const isRoot = process.getuid?.() === 0;
const nobody = findAccount(readFileSync('/etc/passwd', 'utf8'), 'nobody');

let base: string;
let dataDir: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'standalone-'));
  chmodSync(base, 0o755);
  dataDir = join(base, 'data');
});

afterEach(async () => {
  await stopAll();
  await Mounts.closeAll();
  rmSync(base, { recursive: true, force: true });
});

/** Signs in with the printed password and returns a client for that organization. */
function signIn({ url, organizationId, curlLine }: StandaloneProcess) {
  const answer = execFileSync('sh', ['-c', curlLine], { encoding: 'utf8' });
  const { data } = JSON.parse(answer) as { data: { accessToken: string } };
  const headers = { authorization: `Bearer ${data.accessToken}`, 'x-organization-id': organizationId };
  return {
    publish: async (value: number) => {
      const body = JSON.stringify({ topic: 'mHv1.0/plant/counter', value });
      const sent = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
      const { status } = await fetch(`${url}/api/v1/uns/data/publish`, sent);
      expect(status).toBe(200);
    },
    /** From another start of the same data, on another port. */
    recent: async (from: StandaloneProcess) => {
      const asked = await fetch(`${from.url}/api/v1/uns/data/recent?topic=mHv1.0/plant/counter`, { headers });
      const { data: records } = (await asked.json()) as { data: { value: unknown }[] };
      return records.map(({ value }) => value);
    },
  };
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const gone = (pid: number): Promise<true> => eventually(() => !isAlive(pid));

describe('a start', () => {
  it('needs no environment, prints one screen whose curl line works, and keeps all data for the next', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    expect(first.output).toContain(`${first.url}/swagger/index.html`);
    const client = signIn(first);
    await client.publish(1);
    const postgres = first.postgresPid!;
    if (isRoot) expect(statSync(`/proc/${postgres}`).uid).not.toBe(0);

    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(isAlive(postgres)).toBe(false);
    expect(first.postgresPid).toBeUndefined();

    const second = await StandaloneProcess.start({ dataDir });
    expect(second.organizationId).toBe(first.organizationId);
    expect(second.output).not.toMatch(/Password/);
    expect(spawnSync('sh', ['-c', second.curlLine], { encoding: 'utf8' }).stdout).toMatch(/^\{/);
    expect(await client.recent(second)).toEqual([1]);
    await second.stop();
  });

  it('keeps keys and passwords for its own account', async () => {
    await (await StandaloneProcess.start({ dataDir })).stop();
    for (const file of readdirSync(dataDir)) {
      const { mode } = statSync(join(dataDir, file));
      expect([file, mode & 0o077]).toEqual([file, 0]);
    }
  });

  it('is refused while another one has the data directory, and leaves that one alone', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    expect(await StandaloneProcess.refused({ dataDir })).toEqual({
      code: 1,
      line: `${dataDir} is in use by another MaestroHub (process ${first.pid}): stop that one, or set HUB_DATA_DIR to another directory`,
    });
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    await first.stop();
  });

  it.each(['HUB_HTTP_PORT', 'HUB_MQTT_PORT'])('is refused when the port of %s is in use', async (setting) => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    expect(await StandaloneProcess.refused({ dataDir, env: { [setting]: String(port) } })).toEqual({
      code: 1,
      line: `${setting}: port ${port} is in use on 127.0.0.1; set ${setting} to a free one`,
    });
    other.close();
  });

  it('is refused with every wrong setting named', async () => {
    const env = { HUB_HTTP_PORT: 'x', HUB_SECRET_KEY: 'abc' };
    const { code, line } = await StandaloneProcess.refused({ dataDir, env });
    expect(code).toBe(1);
    expect(line).toMatch(/HUB_HTTP_PORT/);
    expect(line).toMatch(/HUB_SECRET_KEY/);
    expect(line).not.toMatch(/abc/);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('is refused where no directory can be made', async () => {
    expect(await StandaloneProcess.refused({ dataDir: '/proc/maestrohub' })).toEqual({
      code: 1,
      line: expect.stringMatching(/^HUB_DATA_DIR: \/proc\/maestrohub cannot be used: .+$/),
    });
  });

  it('is refused when the database of its own choice does not answer', async () => {
    const env = { DATABASE_URL: 'postgres://hub:secret-of-mine@127.0.0.1:1/hub' };
    const { code, line } = await StandaloneProcess.refused({ dataDir, env });
    expect(code).toBe(1);
    expect(line).toMatch(/^DATABASE_URL: cannot connect \(.*ECONNREFUSED.*\)$/);
    expect(line).not.toContain('secret-of-mine');
  });
});

describe('after a crash', () => {
  it('kill -9 of everything: the next start has all that was acknowledged', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    const client = signIn(first);
    for (let n = 1; n <= 20; n++) await client.publish(n);
    killAll(first.pid, first.postgresPid!);
    await first.exited;

    const second = await StandaloneProcess.start({ dataDir });
    expect(await client.recent(second)).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
    await second.stop();
  });

  it('kill -9 of Node alone: the next start takes the database over from what was left running', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    const client = signIn(first);
    await client.publish(1);
    const postgres = first.postgresPid!;
    first.signal('SIGKILL');
    await first.exited;
    expect(isAlive(postgres)).toBe(true);

    const second = await StandaloneProcess.start({ dataDir });
    expect(isAlive(postgres)).toBe(false);
    expect(await client.recent(second)).toEqual([1]);
    await second.stop();
  });

  it('a process number in postmaster.pid that another program has by now stops nothing', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const left = readFileSync(file, 'utf8');
    const { uid, gid } = statSync(file);
    killAll(first.pid, first.postgresPid!);
    await first.exited;
    writeFileSync(file, left.replace(/^\d+/, String(process.pid)));
    chownSync(file, uid, gid);

    const second = await StandaloneProcess.start({ dataDir });
    expect(second.organizationId).toBe(first.organizationId);
    await second.stop();
  });

  it('kill -9 in the middle of the first start: the next one begins again', async () => {
    // Where the machine stood still until the database was there, another one is begun.
    do {
      rmSync(dataDir, { recursive: true, force: true });
      const first = await StandaloneProcess.spawn({ dataDir });
      const isThere = (name: string): boolean => existsSync(join(dataDir, name));
      await eventually(() => isThere('postgres.new') || isThere('postgres'), { interval: 1 });
      // From now on nothing gets its name.
      first.signal('SIGSTOP');
      const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(first.pid)], { encoding: 'utf8' });
      const begun = listed.stdout.split('\n').filter(Boolean).map(Number);
      // Each of its own group, as is what it has started in turn.
      for (const pid of begun) process.kill(-pid, 'SIGKILL');
      killAll(first.pid, ...begun);
      await first.exited;
    } while (existsSync(join(dataDir, 'postgres')));

    const second = await StandaloneProcess.start({ dataDir });
    expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false);
    await second.stop();
  });

  it('a database that dies under a running platform ends it, which says so', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    process.kill(first.postgresPid!, 'SIGKILL');
    expect((await first.exited).code).toBe(1);
    expect(first.output).toMatch(/^PostgreSQL has ended \(SIGKILL\), stopping; its log is .*postgres\.log$/m);
    const second = await StandaloneProcess.start({ dataDir });
    expect(second.organizationId).toBe(first.organizationId);
    await second.stop();
  });
});

describe('the end', () => {
  it('comes at once when asked for twice, also while the database hangs', async () => {
    const first = await StandaloneProcess.start({ dataDir });
    const postgres = first.postgresPid!;
    process.kill(postgres, 'SIGSTOP');
    first.signal('SIGINT');
    await first.until(/stopping … \(once more to stop at once\)/);
    first.signal('SIGINT');
    expect((await first.exited).code).toBe(130);
    // It was asked to end, and does so once it can.
    process.kill(postgres, 'SIGCONT');
    await gone(postgres);
  });

  it('comes in order while it is still starting', async () => {
    const first = await StandaloneProcess.spawn({ dataDir });
    await first.until(/starting PostgreSQL/);
    expect((await first.stop()).code).toBe(0);
    expect(first.postgresPid).toBeUndefined();
    await (await StandaloneProcess.start({ dataDir })).stop();
  });
});

describe('npm start', () => {
  /** A clone in miniature whose build is the one that is there. */
  function clone(): string {
    const root = join(base, 'clone');
    const put = (file: string, text: string): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    put('package.json', JSON.stringify({ scripts: { start: 'node apps/standalone/launcher.cjs' } }));
    put('package-lock.json', JSON.stringify({ packages: {} }));
    put('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
    const main = JSON.stringify(`require(${JSON.stringify(join(ROOT, MAIN))})`);
    const out = JSON.stringify(MAIN);
    put(
      'node_modules/@nestjs/cli/bin/nest.js',
      `const fs = require('fs');
       fs.mkdirSync(require('path').dirname(${out}), { recursive: true });
       fs.writeFileSync(${out}, ${main});`,
    );
    put('apps/web/build.mjs', '');
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
    mkdirSync(join(root, 'apps/standalone'), { recursive: true });
    copyFileSync(join(ROOT, 'apps/standalone/launcher.cjs'), join(root, 'apps/standalone/launcher.cjs'));
    return root;
  }

  const command = ['npm', 'start', '--silent'];
  const env = { PATH: process.env['PATH'], HOME: tmpdir() };

  it('ends cleanly, once, by one Ctrl-C that reaches npm, the launcher and the platform', async () => {
    const npm = await StandaloneProcess.start({ dataDir, cwd: clone(), command, env });
    const postgres = npm.postgresPid!;
    npm.signalGroup('SIGINT');
    await npm.exited;
    expect(npm.output.match(/stopping …/g)).toHaveLength(1);
    await gone(postgres);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
  });

  it('ends cleanly when npm alone is told to', async () => {
    const npm = await StandaloneProcess.start({ dataDir, cwd: clone(), command, env });
    const postgres = npm.postgresPid!;
    npm.signal('SIGTERM');
    await npm.exited;
    await gone(postgres);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
  });

  it('leaves nothing running when the launcher is killed', async () => {
    const launcher = [process.execPath, 'apps/standalone/launcher.cjs'];
    const started = await StandaloneProcess.start({ dataDir, cwd: clone(), command: launcher });
    const postgres = started.postgresPid!;
    started.signal('SIGKILL');
    await started.exited;
    await gone(postgres);
    expect(started.output).toMatch(/the launcher is gone, stopping …/);
    await (await StandaloneProcess.start({ dataDir })).stop();
  });
});

describe('accounts and file systems', () => {
  it('an ordinary user needs no rights', async () => {
    if (!isRoot || !nobody) return; // Then every other test of this file has shown it.
    mkdirSync(dataDir);
    chownSync(dataDir, nobody.uid, nobody.gid);
    const { uid, gid } = nobody;
    const mounts = reaches(nobody, ROOT) ? undefined : await Mounts.open();
    if (!mounts && !reaches(nobody, ROOT)) return;
    const root = mounts ? join(base, 'clone') : ROOT;
    if (mounts) {
      mkdirSync(root);
      mounts.run('mount', '--bind', ROOT, root);
    }
    const asNobody = mounts ? [...mounts.through, 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
    const options = mounts ? { through: asNobody, root } : { uid, gid };
    const first = await StandaloneProcess.start({ dataDir, ...options });
    expect(statSync(`/proc/${first.postgresPid!}`).uid).toBe(uid);
    expect((await first.stop()).code).toBe(0);
  });

  it('root runs a clone and its data under a home that others cannot enter', async () => {
    if (!isRoot) return; // An ordinary user's PostgreSQL runs as that user, who reaches it.
    const mounts = await Mounts.open();
    if (!mounts) return;
    const home = join(base, 'home');
    const root = join(home, 'clone');
    mkdirSync(root, { recursive: true });
    chmodSync(home, 0o700);
    mounts.run('mount', '--bind', ROOT, root);
    mounts.run('mount', '-t', 'tmpfs', 'tmpfs', '/var/lib');
    const options = { dataDir: join(home, 'data'), root, through: mounts.through };

    const first = await StandaloneProcess.start(options);
    const state = JSON.parse(readFileSync(join(home, 'data', 'postgres.json'), 'utf8')) as { home: string };
    expect(state.home).toMatch(/^\/var\/lib\/maestrohub\//);
    expect((await first.stop()).code).toBe(0);
    // The choice stands, also when the home is opened later.
    chmodSync(home, 0o755);
    const second = await StandaloneProcess.start(options);
    expect(second.organizationId).toBe(first.organizationId);
    await second.stop();
  });

  it('a full file system is told in one line, and harms nothing', async () => {
    const mounts = await Mounts.open();
    if (!mounts) return;
    const disk = join(base, 'disk');
    mkdirSync(disk);
    mounts.run('mount', '-t', 'tmpfs', '-o', 'size=600m,mode=755', 'tmpfs', disk);
    const options = { dataDir: join(disk, 'data'), through: mounts.through };
    const first = await StandaloneProcess.start(options);
    expect((await first.stop()).code).toBe(0);

    mounts.run('sh', '-c', `dd if=/dev/zero of=${disk}/filler bs=1M count=10000 2>/dev/null || true`);
    expect(await StandaloneProcess.refused(options)).toEqual({
      code: 1,
      line: `HUB_DATA_DIR: ${disk}/data cannot be used: there is no space left on its file system`,
    });
    mounts.run('sh', '-c', `truncate --size=-20M ${disk}/filler`);
    expect(await StandaloneProcess.refused(options)).toEqual({
      code: 1,
      line: expect.stringMatching(
        /^\S+ is full \(\d+ MiB left, at least 48 MiB are needed\): make room or set HUB_DATA_DIR$/,
      ),
    });

    mounts.run('rm', `${disk}/filler`);
    const second = await StandaloneProcess.start(options);
    expect(second.organizationId).toBe(first.organizationId);
    await second.stop();
  });

  it('a read-only file system is told in one line', async () => {
    const mounts = await Mounts.open();
    if (!mounts) return;
    const disk = join(base, 'disk');
    mkdirSync(disk);
    mounts.run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', disk);
    const options = { dataDir: join(disk, 'data'), through: mounts.through };
    await (await StandaloneProcess.start(options)).stop();

    mounts.run('mount', '-o', 'remount,ro', disk);
    expect(await StandaloneProcess.refused(options)).toEqual({
      code: 1,
      line: `HUB_DATA_DIR: ${disk}/data cannot be used: it is on a read-only file system`,
    });
    mounts.run('mount', '-o', 'remount,rw', disk);
    await (await StandaloneProcess.start(options)).stop();
  });

  it('a directory of somebody else is told in one line', async () => {
    if (!isRoot || !nobody || !reaches(nobody, ROOT)) return;
    mkdirSync(dataDir, { mode: 0o755 });
    const { uid, gid } = nobody;
    expect(await StandaloneProcess.refused({ dataDir, uid, gid })).toEqual({
      code: 1,
      line: `HUB_DATA_DIR: ${dataDir} cannot be used: this user may not write there`,
    });
  });
});
