import { resolve } from 'node:path';
import { Config, readSettings, SettingsError, type Environment, type Settings } from '#platform/config';
import { withoutSecrets } from '#platform/logging';
import { openDataDirectory } from './data-directory';
import type { Ending } from './ending';
import { requirePorts, type WantedPort } from './ports';
import { startEmbeddedPostgres } from './postgres/embedded-postgres';
import { Progress } from './progress';
import { screen } from './screen';
import { keptSecretKey } from './secret-key';
import { StartError } from './start-error';

/** What has been started, in order; it is stopped from the last to the first. */
export interface Started {
  stop(): unknown;
  /** For a process that ends at once: what can be set off without waiting. */
  stopUnattended?(): void;
}

/** Ending must not hang on a part that does not: what is left then is recovered by the next start. */
const STOP_MS = 45_000;
const STOP_WITHOUT_DATABASE_MS = 5_000;

/** A start that is under way when the end is asked for may wait for a server that never answers. */
const START_GRACE_MS = 10_000;

/** Runs the platform until its end and returns the exit code. */
export async function runStandalone(environment: Environment, ending: Ending, started: Started[]): Promise<number> {
  const progress = new Progress(process.stderr);
  let code: number;
  try {
    const text = await start(environment, ending, started, progress);
    progress.end();
    const toLogs = environment['LOG_FORMAT'] === 'json';
    (toLogs ? process.stderr : process.stdout).write(text);
    code = await ending.code;
  } catch (error) {
    progress.interrupt();
    if (!ending.signal.aborted) ending.end(1, explain(error));
    code = await ending.code;
  }
  for (const part of started.toReversed()) await part.stop();
  return code;
}

async function start(environment: Environment, ending: Ending, started: Started[], progress: Progress) {
  const settings = readSettings(environment);
  const dataDir = openDataDirectory(resolve(settings.HUB_DATA_DIR));
  started.push({ stop: () => dataDir.release() });
  await requirePorts(wantedPorts(settings));

  const begin = (step: string): void => {
    ending.signal.throwIfAborted();
    progress.begin(step);
  };
  // Loading the code takes a second; the database starts meanwhile.
  const loading = import('../../shared/src/start-hub.js');
  let databaseUrl = settings.DATABASE_URL;
  let databaseEnded = false;
  if (!databaseUrl) {
    begin('starting PostgreSQL');
    const postgres = await startEmbeddedPostgres(dataDir.path, ending.signal);
    databaseUrl = postgres.url;
    started.push(postgres);
    void postgres.ended.then((reason) => {
      databaseEnded = true;
      ending.end(1, `PostgreSQL has ended (${reason}), stopping; its log is ${dataDir.path}/postgres.log`);
    });
  }
  const config = Config.from({
    ...environment,
    DATABASE_URL: databaseUrl,
    HUB_SECRET_KEY: settings.HUB_SECRET_KEY ?? keptSecretKey(dataDir.path),
    HUB_DATA_DIR: dataDir.path,
    // What else runs on this machine is the user's own.
    HUB_OUTBOUND_LOOPBACK: String(settings.HUB_OUTBOUND_LOOPBACK ?? true),
  });

  begin('loading');
  const { startHub } = await loading;
  const hub = await unlessEnding(startHub(config, settings.HUB_ROLES, begin), ending.signal);
  started.push({ stop: () => inTime(hub.stop(), databaseEnded ? STOP_WITHOUT_DATABASE_MS : STOP_MS) });
  ending.signal.throwIfAborted();
  return screen({ ...hub, dataDir: dataDir.path, startedIn: progress.total() });
}

/** The work's result; where the end is asked for meanwhile, it gets some time. @throws the signal's reason after that. */
async function unlessEnding<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => void (timer = setTimeout(() => late.reject(signal.reason as Error), START_GRACE_MS));
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
}

/** HTTP serves health in every role. */
function wantedPorts(settings: Settings): WantedPort[] {
  const host = settings.HUB_HOST;
  const wanted: WantedPort[] = [{ setting: 'HUB_HTTP_PORT', host, port: settings.HUB_HTTP_PORT }];
  if (settings.HUB_ROLES.includes('uns') && !settings.MQTT_URL) {
    wanted.push({ setting: 'HUB_MQTT_PORT', host, port: settings.HUB_MQTT_PORT });
    const tlsPort = settings.HUB_MQTT_TLS_PORT;
    if (tlsPort !== undefined) wanted.push({ setting: 'HUB_MQTT_TLS_PORT', host, port: tlsPort });
  }
  return wanted;
}

/** One line for what a person can mend, and the place in the code for what is our own fault. */
export function explain(error: unknown): string {
  if (error instanceof StartError || error instanceof SettingsError) return error.message;
  const cause = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  if (!(cause instanceof Error)) return `MaestroHub does not start: ${String(cause)}`;
  const isOutside =
    typeof (cause as NodeJS.ErrnoException).code === 'string' || cause.message.startsWith('DATABASE_URL');
  return withoutSecrets(`MaestroHub does not start: ${isOutside ? cause.message : cause.stack}`);
}

/** Waits for the work, but not for ever; a failure has been logged where it happened. */
async function inTime(work: Promise<void>, milliseconds: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    process.stderr.write('not everything stopped in time, going on\n');
    late.resolve();
  }, milliseconds);
  const failed = (error: unknown): void => void process.stderr.write(`not stopped cleanly: ${String(error)}\n`);
  await Promise.race([work.catch(failed), late.promise]);
  clearTimeout(timer);
}
