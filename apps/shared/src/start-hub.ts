import type { NestExpressApplication } from '@nestjs/platform-express';
import { ensureAuditPartitions } from '#audit';
import { ensureStatePartitions } from '#connectors';
import { ensureExecutionPartitions } from '#executions';
import { FirstStart, type FirstStartResult } from '#identity';
import type { Config, HubRole } from '#platform/config';
import { migrate } from '#platform/database';
import { createHttpApp, HealthParts } from '#platform/http';
import { drainHttp, Lifecycle } from '#platform/lifecycle';
import { BrokerMonitor, MqttStrategy, MqttWebSockets } from '#platform/mqtt';
import { migrateQueue } from '#platform/queue';
import { ensurePartitions } from '#uns';
import { databaseSchema } from '../../../ormconfig';
import { databaseFailure } from './database-failure';
import { HubModule } from './hub.module';

/** Requests under way may take this long once the end has begun. */
const HTTP_GRACE_MS = 4_000;

export interface RunningHub extends FirstStartResult {
  app: NestExpressApplication;
  httpUrl: string;
  mqttUrl: string;
  stop: () => Promise<void>;
}

/**
 * Brings the database up to date. Every process does it at its start; one works, the others wait.
 * @throws SettingsError where it cannot be reached.
 */
export const migrateHub = (config: Config): Promise<void> =>
  migrate(config, databaseSchema, [
    migrateQueue,
    ensurePartitions,
    ensureAuditPartitions,
    ensureExecutionPartitions,
    ensureStatePartitions,
  ]).catch((error: unknown) => {
    throw databaseFailure(error);
  });

/** Starts the given parts in this process and resolves when they serve. `report` is told each step. */
export async function startHub(
  config: Config,
  roles: readonly HubRole[],
  report: (step: string) => void = () => undefined,
): Promise<RunningHub> {
  report('bringing the database up to date');
  await migrateHub(config);
  report(`starting ${roles.join(', ')}`);
  const app = await createHttpApp(HubModule.with(config, roles), config);
  const lifecycle = app.get(Lifecycle);
  try {
    const first = await app.get(FirstStart).ensure(config.admin);
    if (roles.includes('uns')) {
      const strategy = app.get(MqttStrategy);
      app.connectMicroservice({ strategy });
      // What the broker has kept for us comes at once, and needs what `onModuleInit` reads.
      await app.init();
      await app.startAllMicroservices();
      app.get(MqttWebSockets).attach(app.getHttpServer());
      lifecycle.atShutdown('intake', 'mqtt', () => strategy.close());
      app.get(HealthParts).register('mqtt', () => requireBroker(app.get(BrokerMonitor)));
    }
    lifecycle.atShutdown('intake', 'http', () => drainHttp(app.getHttpServer(), HTTP_GRACE_MS));
    await app.listen(config.http.port, config.http.host);
    lifecycle.markReady();
    const mqttUrl = `mqtt://${app.get(BrokerMonitor).status().address}`;
    return { ...first, app, httpUrl: config.http.publicUrl, mqttUrl, stop: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

const requireBroker = (broker: BrokerMonitor): Promise<void> =>
  broker.status().state === 'connected' ? Promise.resolve() : Promise.reject(new Error('the broker is not connected'));
