import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const unique = (names: Iterable<string>): string[] => [...new Set(names)].sort();

// The names of settings in all of docker/ are checked in test/contract/settings.e2e-spec.ts, YAML by `npm run lint`.
describe('the containers', () => {
  it('take from .env what its example explains', () => {
    const used = [...read('docker/compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
    const explained = [...read('docker/env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
    expect(unique(used)).toEqual(unique(explained));
  });

  it('copy only what is there and not ignored', () => {
    const ignored = read('.dockerignore');
    const sources = [...read('docker/Dockerfile').matchAll(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm)].flatMap(
      ([, list]) => list!.split(' '),
    );
    expect(sources).toContain('ormconfig.ts');
    expect(sources.filter((path) => !existsSync(join(ROOT, path)) || !ignored.includes(`!${path}\n`))).toEqual([]);
  });

  it.each(['api', 'worker', 'uns', 'standalone', 'cli'])('can start %s', (part) => {
    expect(read('docker/entrypoint.sh')).toMatch(new RegExp(`[( |]${part}[ )]`));
    expect(existsSync(join(ROOT, `apps/${part}/src/main.ts`))).toBe(true);
  });

  it('say what they expect when no part is named', () => {
    const { status, stderr } = spawnSync('sh', [join(ROOT, 'docker/entrypoint.sh'), 'nothing'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('api, worker, uns, standalone or cli')]);
  });

  it('are unhealthy where nobody answers', () => {
    const { status } = spawnSync(process.execPath, [join(ROOT, 'docker/healthcheck.cjs')], {
      env: { HUB_HTTP_PORT: '1' },
    });
    expect(status).toBe(1);
  });

  it('make a project that Docker Compose understands, where there is one', () => {
    if (spawnSync('docker', ['compose', 'version']).status !== 0) return;
    const env = {
      ...process.env,
      POSTGRES_PASSWORD: 'p',
      MQTT_PASSWORD: 'm',
      HUB_SECRET_KEY: 'k',
      HUB_ADMIN_PASSWORD: 'a',
    };
    const services = execFileSync(
      'docker',
      ['compose', '-f', join(ROOT, 'docker/compose.yaml'), 'config', '--services'],
      {
        env,
        encoding: 'utf8',
      },
    );
    expect(unique(services.trim().split('\n'))).toEqual(['api', 'mosquitto', 'postgres', 'redis', 'uns', 'worker']);
  });
});
