import { createRequire } from 'node:module';
import { join } from 'node:path';

/*
 * The main of a hub with routes besides its own: the same handler behind different doors, so that what differs between
 * them is the guard alone. Everything else is the built platform as it is.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const require = createRequire(join(ROOT, 'package.json'));
const load = <T>(path: string): T => require(path) as T;

type Decorator = (target: object, key: string, descriptor: PropertyDescriptor) => void;
type Decorators = Record<'Public' | 'Authenticated' | 'OrganizationFree', () => Decorator> &
  Record<'Scopes' | 'Get' | 'Answers', (argument: unknown) => Decorator>;

interface Application {
  get(token: unknown): { ensure(admin: unknown): Promise<unknown>; markReady(): void };
  listen(port: number, host: string): Promise<unknown>;
  close(): Promise<void>;
}

interface Config {
  http: { port: number; host: string };
  admin: unknown;
  dataDir: string;
}

load('reflect-metadata');
const { Controller, Get } = load<Decorators & { Controller: (path: string) => (type: object) => void }>(
  '@nestjs/common',
);
const http = load<
  Omit<Decorators, 'Get'> & { createHttpApp: (module: object, config: Config) => Promise<Application> }
>('#platform/http');
const { Lifecycle } = load<{ Lifecycle: object }>('#platform/lifecycle');
const { Config } = load<{ Config: { from(environment: object): Config } }>('#platform/config');
const { FirstStart } = load<{ FirstStart: object }>('#identity');
const { HubModule } = load<{ HubModule: { with(config: Config, roles: string[]): object } }>(
  './dist/apps/shared/src/hub.module.js',
);
const { migrateHub } = load<{ migrateHub: (config: Config) => Promise<void> }>('./dist/apps/shared/src/start-hub.js');
const { startEmbeddedPostgres } = load<{
  startEmbeddedPostgres: (path: string, signal: AbortSignal) => Promise<{ url: string; stop(): Promise<unknown> }>;
}>('./dist/apps/standalone/src/postgres/embedded-postgres.js');

class Answer {}

class EqualRoutes {}

/** By hand what decorators do: Node runs TypeScript without them. */
function route(name: string, ...decorators: Decorator[]): void {
  const descriptor = { value: (): object => ({ value: 42 }), writable: true, configurable: true };
  for (const decorate of [...decorators, http.Answers(Answer), Get(name)]) {
    decorate(EqualRoutes.prototype, name, descriptor);
  }
  Object.defineProperty(EqualRoutes.prototype, name, descriptor);
}

route('open', http.Public(), http.OrganizationFree());
route('signedIn', http.Authenticated(), http.OrganizationFree());
route('scoped', http.Scopes('uns:read'));
Controller('bench')(EqualRoutes);

class BenchModule {}

const stop = new AbortController();
const dataDir = process.env['HUB_DATA_DIR']!;
load<{ openDataDirectory: (path: string) => unknown }>(
  './dist/apps/standalone/src/data-directory.js',
).openDataDirectory(dataDir);
const postgres = await startEmbeddedPostgres(dataDir, stop.signal);
const config = Config.from({ ...process.env, DATABASE_URL: postgres.url, HUB_SECRET_KEY: '5e'.repeat(32) });
await migrateHub(config);
const imports = [HubModule.with(config, ['api'])];
const app = await http.createHttpApp({ module: BenchModule, imports, controllers: [EqualRoutes] }, config);
await app.get(FirstStart).ensure(config.admin);
await app.listen(config.http.port, config.http.host);
app.get(Lifecycle).markReady();

const end = async (): Promise<void> => {
  await app.close();
  await postgres.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void end());
process.once('disconnect', () => void end());
