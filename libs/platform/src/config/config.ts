import { resolve } from 'node:path';
import { readSettings, SettingsError, type Environment, type Settings } from './settings';

/** The settings as the code uses them. Injected as this class; never read `process.env` elsewhere. */
export class Config {
  private constructor(
    readonly http: { host: string; port: number; publicUrl: string; trustProxy: number; logRequests: boolean },
    readonly mqtt: {
      host: string;
      port: number;
      tls: { port: number; certFile: string; keyFile: string } | undefined;
      url: string | undefined;
    },
    readonly database: { url: string },
    readonly redis: { url: string | undefined },
    readonly admin: { email: string; password: string | undefined },
    /** 32 bytes, hexadecimal. */
    readonly secretKey: string,
    readonly dataDir: string,
    readonly limits: { requestsPerSecond: number; refusalsPerMinute: number },
    readonly audit: { retentionDays: number },
    /** What connections may reach beside the addresses that everybody may. */
    readonly outbound: { loopback: boolean },
    readonly scripts: { threads: number },
    /** Modules from outside: names of packages, or paths. */
    readonly modules: readonly string[],
    readonly metricsToken: string | undefined,
    readonly log: { level: string; format: string },
  ) {}

  /** @throws SettingsError naming every variable that is wrong or missing. */
  static from(environment: Environment): Config {
    const s = requireAll(readSettings(environment));
    return new Config(
      {
        host: s.HUB_HOST,
        port: s.HUB_HTTP_PORT,
        publicUrl: s.HUB_PUBLIC_URL ?? `http://127.0.0.1:${s.HUB_HTTP_PORT}`,
        trustProxy: s.HUB_TRUST_PROXY,
        logRequests: s.LOG_REQUESTS,
      },
      { host: s.HUB_HOST, port: s.HUB_MQTT_PORT, tls: tlsOf(s), url: s.MQTT_URL },
      { url: s.DATABASE_URL },
      { url: s.REDIS_URL },
      { email: s.HUB_ADMIN_EMAIL, password: s.HUB_ADMIN_PASSWORD },
      s.HUB_SECRET_KEY,
      resolve(s.HUB_DATA_DIR),
      { requestsPerSecond: s.HUB_RATE_LIMIT, refusalsPerMinute: s.HUB_SIGNIN_LIMIT },
      { retentionDays: s.HUB_AUDIT_RETENTION_DAYS },
      { loopback: s.HUB_OUTBOUND_LOOPBACK ?? false },
      { threads: s.HUB_SCRIPT_THREADS },
      s.HUB_MODULES,
      s.HUB_METRICS_TOKEN,
      { level: s.LOG_LEVEL, format: s.LOG_FORMAT },
    );
  }
}

function tlsOf(settings: Settings): Config['mqtt']['tls'] {
  const { HUB_MQTT_TLS_PORT: port, HUB_MQTT_TLS_CERT_FILE: certFile, HUB_MQTT_TLS_KEY_FILE: keyFile } = settings;
  if (port === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) return { port, certFile, keyFile };
  const missing = certFile === undefined ? 'HUB_MQTT_TLS_CERT_FILE' : 'HUB_MQTT_TLS_KEY_FILE';
  throw new SettingsError(`wrong settings:\n  ${missing}: is required with HUB_MQTT_TLS_PORT`);
}

const REQUIRED = ['DATABASE_URL', 'HUB_SECRET_KEY'] as const;

function requireAll(settings: Settings) {
  const missing = REQUIRED.filter((name) => settings[name] === undefined).map((name) => `${name}: is required here`);
  if (missing.length > 0) throw new SettingsError(`wrong settings:\n  ${missing.join('\n  ')}`);
  return settings as Settings & Record<(typeof REQUIRED)[number], string>;
}
