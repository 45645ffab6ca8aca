import { Config, SettingsError, type HubRole } from '#platform/config';
import { startHub } from './start-hub';
import { stopInTime } from './stop-in-time';

/** The main of a process on services of your own: starts one part, stops it in order on SIGTERM or SIGINT. */
export async function run(role: HubRole): Promise<void> {
  try {
    const config = Config.from(process.env);
    if (config.mqtt.url === undefined) throw new SettingsError('wrong settings:\n  MQTT_URL: is required here');
    const hub = await startHub(config, [role]);
    const stop = (): void => void stopInTime(hub).then(() => process.exit(0), fail);
    process.once('SIGTERM', stop).once('SIGINT', stop);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof SettingsError ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
}
