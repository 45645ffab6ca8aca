import { join } from 'node:path';
import { BenchDatabase } from '../lib/database.ts';
import type { DataDirectory } from '../lib/data-directory.ts';
import { Hub, ROOT } from '../lib/hub.ts';
import { startServer } from '../lib/servers.ts';
import { signIn } from '../lib/session.ts';
import type { Engine } from './measure.ts';

const SCOPES = ['pipelines:read', 'pipelines:write', 'pipelines:execute'];

const mainOf = (role: 'api' | 'worker'): string => join(ROOT, 'dist', 'apps', role, 'src', 'main.js');

/** Standalone: everything in one process; its queues in PostgreSQL, or in Redis where `redis` is asked for. */
export async function startStandalone(
  directory: DataDirectory,
  stack: AsyncDisposableStack,
  { redis, profile }: { redis?: boolean; profile?: string | undefined } = {},
): Promise<Engine | 'redis is missing'> {
  const queues = redis ? await startServer('redis', directory) : undefined;
  if (redis && !queues) return 'redis is missing';
  if (queues) stack.use(queues);
  const database = stack.use(await BenchDatabase.start(directory));
  const settings = { ...database.settings, ...(queues && { REDIS_URL: queues.url }) };
  const api = stack.use(await Hub.start(directory, { profile, settings }));
  return { database, api, hubs: [api], redis: queues, session: await signIn(api, SCOPES) };
}

/** One process that takes requests and so many that work, as docker/compose.yaml has them: with Redis where it is installed. */
export async function startWorkers(
  directory: DataDirectory,
  stack: AsyncDisposableStack,
  workers: number,
): Promise<Engine | 'mosquitto is missing'> {
  const broker = await startServer('mosquitto', directory);
  if (!broker) return 'mosquitto is missing';
  stack.use(broker);
  const redis = await startServer('redis', directory);
  if (redis) stack.use(redis);
  const database = stack.use(await BenchDatabase.start(directory));
  const settings = { ...database.settings, MQTT_URL: broker.url, ...(redis && { REDIS_URL: redis.url }) };
  const api = stack.use(await Hub.start(directory, { main: mainOf('api'), settings }));
  const hubs = [api];
  for (let index = 0; index < workers; index++) {
    hubs.push(stack.use(await Hub.start(directory, { main: mainOf('worker'), settings })));
  }
  return { database, api, hubs, redis, session: await signIn(api, SCOPES) };
}
