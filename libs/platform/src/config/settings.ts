import { readFileSync } from 'node:fs';
import { cleanEnv, EnvError, makeValidator, str, type ReporterOptions } from 'envalid';

/*
 * Every setting of the product: its variable, default and meaning. The README's table is made from this list.
 * A variable ending in `_FILE` (HUB_SECRET_KEY_FILE) names a file that holds the value, for mounted secrets.
 * Validators say what a value must be, and never what it is.
 */

const integer = (min: number, max: number) =>
  makeValidator<number>((input) => {
    const value = /^\d+$/.test(input) ? Number(input) : NaN;
    if (Number.isNaN(value) || value < min || value > max) {
      throw new EnvError(`must be a whole number, ${min} to ${max}`);
    }
    return value;
  });

const port = integer(1, 65_535);

const ON = ['true', 'yes', 'on', '1'];
const OFF = ['false', 'no', 'off', '0'];

const bool = makeValidator<boolean>((input) => {
  if (!ON.includes(input) && !OFF.includes(input)) throw new EnvError('must be true or false');
  return ON.includes(input);
});

const webUrl = makeValidator<string>((input) => {
  const url = URL.parse(input);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new EnvError('must be an address like https://hub.example.com');
  // Everything is served from the root: a path, a query or a password would be lost without a word.
  if (url.href !== `${url.origin}/`) throw new EnvError('must be scheme, host and port alone');
  return url.origin;
});

const serverUrl = (...protocols: string[]) =>
  makeValidator<string>((input) => {
    if (!protocols.includes(URL.parse(input)?.protocol ?? ''))
      throw new EnvError(`must be an address that begins with ${protocols.join('//, ')}//`);
    return input;
  });

/** The roles of the service are named after the database, so it has to be named. */
const databaseUrl = makeValidator<string>((input) => {
  const url = URL.parse(input);
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol))
    throw new EnvError('must be an address like postgres://user:password@host:5432/database');
  if (url.pathname.length < 2) throw new EnvError('must name a database: postgres://user:password@host:5432/database');
  return input;
});

/** 32 bytes, as 64 hexadecimal digits or as base64. */
const key256 = makeValidator<string>((input) => {
  if (/^[0-9a-f]{64}$/i.test(input)) return input.toLowerCase();
  // Node skips what is no base64: a passphrase must not become a key that way.
  if (!/^[\w+/-]{43}=?$/.test(input)) throw new EnvError('must be 32 bytes, as 64 hexadecimal digits or as base64');
  return Buffer.from(input, 'base64').toString('hex');
});

const emailAddress = makeValidator<string>((input) => {
  if (!/^[^@\s]+@[^@\s]+$/.test(input)) throw new EnvError('must be an e-mail address');
  return input.toLowerCase();
});

const password = makeValidator<string>((input) => {
  if (input.length < 12 || input.length > 200) throw new EnvError('must have 12 to 200 characters');
  return input;
});

export const HUB_ROLE_NAMES = ['api', 'worker', 'uns'] as const;
export type HubRole = (typeof HUB_ROLE_NAMES)[number];

const roles = makeValidator<HubRole[]>((input) => {
  const names = input.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(HUB_ROLE_NAMES as readonly string[]).includes(name));
  if (unknown.length > 0) throw new EnvError('must be a list of api, worker, uns');
  return names as HubRole[];
});

const names = makeValidator<string[]>((input) => {
  const found = input.split(',').map((name) => name.trim());
  if (found.includes('')) throw new EnvError('must be names with commas between them: one is missing');
  return found;
});

/** Variables whose value is a secret: never printed, and readable from a file. */
export const SECRET_SETTINGS = [
  'DATABASE_URL',
  'REDIS_URL',
  'MQTT_URL',
  'HUB_ADMIN_PASSWORD',
  'HUB_SECRET_KEY',
  'HUB_METRICS_TOKEN',
] as const;

export const SETTINGS = {
  HUB_HOST: str({ default: '127.0.0.1', desc: 'Address to listen on; 0.0.0.0 for all' }),
  HUB_HTTP_PORT: port({ default: 8080, desc: 'Port of the REST API and Swagger UI' }),
  HUB_MQTT_PORT: port({ default: 1883, desc: 'Port of the embedded MQTT broker' }),
  HUB_MQTT_TLS_PORT: port({ default: undefined, desc: 'Port of the embedded MQTT broker for TLS. Default: none' }),
  HUB_MQTT_TLS_CERT_FILE: str({
    default: undefined,
    desc: 'PEM file of its certificate with the chain; read again when it changes',
  }),
  HUB_MQTT_TLS_KEY_FILE: str({ default: undefined, desc: 'PEM file of the key to it; read again when it changes' }),
  HUB_PUBLIC_URL: webUrl({
    default: undefined,
    desc: 'Address under which clients reach the platform: issuer, discovery and printed lines. Default: http://127.0.0.1:<HUB_HTTP_PORT>',
  }),
  HUB_DATA_DIR: str({ default: './.maestrohub', desc: 'Where standalone keeps its database and keys' }),
  HUB_ADMIN_EMAIL: emailAddress({
    default: 'admin@maestrohub.local',
    desc: 'System administrator made by the first start',
  }),
  HUB_ADMIN_PASSWORD: password({
    default: undefined,
    desc: 'Password of that administrator, 12–200 characters. Default: a random one, printed once',
  }),
  DATABASE_URL: databaseUrl({
    default: undefined,
    desc: 'PostgreSQL ≥ 15 of your own, as a role that may create roles and extensions. Default: embedded in standalone, required elsewhere',
  }),
  REDIS_URL: serverUrl(
    'redis:',
    'rediss:',
  )({ default: undefined, desc: 'Redis or Valkey of your own for the job queues. Default: queues in PostgreSQL' }),
  MQTT_URL: serverUrl(
    'mqtt:',
    'mqtts:',
    'ws:',
    'wss:',
  )({
    default: undefined,
    desc: 'MQTT broker of your own, unless the settings of the instance name another. Default: the embedded broker',
  }),
  HUB_ROLES: roles({ default: [...HUB_ROLE_NAMES], desc: 'Parts that standalone runs: api, worker, uns' }),
  HUB_SECRET_KEY: key256({
    default: undefined,
    desc: 'Key for secrets at rest: 32 bytes as hex or base64. Default: made and kept under HUB_DATA_DIR in standalone, required elsewhere',
  }),
  HUB_TRUST_PROXY: integer(0, 10)({ default: 0, desc: 'Reverse proxies in front whose X-Forwarded-For is believed' }),
  HUB_RATE_LIMIT: integer(
    0,
    1_000_000,
  )({ default: 5_000, desc: 'Requests a second for each credential and process; 0 for no limit' }),
  HUB_SIGNIN_LIMIT: integer(
    0,
    1_000_000,
  )({ default: 300, desc: 'Refused credentials a minute for each address and process; 0 for no limit' }),
  HUB_AUDIT_RETENTION_DAYS: integer(
    30,
    3_650,
  )({ default: 400, desc: 'Days that the audit trail is kept, at least; it is removed by whole months' }),
  HUB_OUTBOUND_LOOPBACK: bool({
    default: undefined,
    desc: 'Whether connections may reach loopback addresses. Default: true in standalone, false elsewhere',
  }),
  HUB_SCRIPT_THREADS: integer(
    1,
    32,
  )({ default: 2, desc: "Threads in which users' expressions and JavaScript run, in each process" }),
  HUB_MODULES: names({
    default: [],
    desc: 'Modules of your own, by commas: packages, or files by a path (`./extensions/dew-point.js`)',
  }),
  HUB_METRICS_TOKEN: str({
    default: undefined,
    desc: 'Bearer token for /metrics. Default: /metrics answers loopback addresses alone',
  }),
  LOG_LEVEL: str({
    default: 'info',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    desc: 'Least level that is logged',
  }),
  LOG_FORMAT: str({ default: 'pretty', choices: ['pretty', 'json'], desc: 'Log lines for people or for collectors' }),
  LOG_REQUESTS: bool({ default: false, desc: 'Log every HTTP request at level info' }),
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that are wrong; the message names every one of them and never a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads and checks all settings at once. @throws SettingsError naming every wrong variable. */
export function readSettings(environment: Environment) {
  const { env, problems } = withSecretFiles(environment);
  const report = ({ errors }: ReporterOptions<Record<string, unknown>>): void => {
    for (const [name, error] of Object.entries(errors)) problems.push(`${name}: ${expectation(name, error!)}`);
  };
  const settings = cleanEnv(env, SETTINGS, { reporter: report });
  if (problems.length > 0) throw new SettingsError(`wrong settings:\n  ${problems.join('\n  ')}`);
  return settings;
}

export type Settings = ReturnType<typeof readSettings>;

/** The library's own message for choices quotes the value. */
function expectation(name: string, { message }: Error): string {
  const { choices } = SETTINGS[name as keyof typeof SETTINGS] as { choices?: string[] };
  return choices ? `must be one of ${choices.join(', ')}` : message;
}

/** An empty variable counts as absent, as it does in compose files. */
function withSecretFiles(environment: Environment): { env: Record<string, string>; problems: string[] } {
  const env: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (name in SETTINGS && value) env[name] = value;
  }
  for (const name of SECRET_SETTINGS) {
    const file = environment[`${name}_FILE`];
    if (!file) continue;
    try {
      env[name] = readFileSync(file, 'utf8').trim();
    } catch {
      problems.push(`${name}_FILE: must name a readable file`);
    }
    if (env[name] === '') problems.push(`${name}_FILE: must name a file that is not empty`);
  }
  return { env, problems };
}
