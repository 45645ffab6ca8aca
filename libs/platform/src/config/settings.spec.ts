import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from './config';
import { readSettings, SECRET_SETTINGS, SETTINGS, SettingsError, type Environment } from './settings';

const KEY = '5e'.repeat(32);

/** The refusal of these settings. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The variables that are refused. */
const wrongIn = (environment: Environment): string[] =>
  [...refusal(() => readSettings(environment)).matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name!);

describe('readSettings', () => {
  it('does without any', () => {
    expect(readSettings({})).toMatchObject({
      HUB_HTTP_PORT: 8080,
      HUB_HOST: '127.0.0.1',
      HUB_ROLES: ['api', 'worker', 'uns'],
      DATABASE_URL: undefined,
      HUB_SECRET_KEY: undefined,
    });
  });

  it('takes an empty variable for an absent one, and leaves others alone', () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']));
    expect(readSettings({ ...empty, PATH: '/bin', constructor: 'x', HUB_UNKNOWN: 'x' })).toEqual(readSettings({}));
  });

  it.each([
    ['HUB_HTTP_PORT', '80', 80],
    ['HUB_PUBLIC_URL', 'https://hub.example.com', 'https://hub.example.com'],
    ['HUB_PUBLIC_URL', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['HUB_ADMIN_EMAIL', 'Admin@Example.com', 'admin@example.com'],
    ['DATABASE_URL', 'postgresql://hub@db/hub?sslmode=require', 'postgresql://hub@db/hub?sslmode=require'],
    ['MQTT_URL', 'mqtts://broker:8883', 'mqtts://broker:8883'],
    ['HUB_ROLES', 'api, uns', ['api', 'uns']],
    ['HUB_SECRET_KEY', KEY.toUpperCase(), KEY],
    ['HUB_SECRET_KEY', Buffer.from(KEY, 'hex').toString('base64'), KEY],
    ['HUB_SECRET_KEY', Buffer.from(KEY, 'hex').toString('base64url'), KEY],
    ['HUB_RATE_LIMIT', '0', 0],
    ['LOG_REQUESTS', 'true', true],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(readSettings({ [name]: text })[name]).toEqual(value);
  });

  it.each([
    ['HUB_HTTP_PORT', '65536'],
    ['HUB_HTTP_PORT', '80a'],
    ['HUB_PUBLIC_URL', 'hub.example.com'],
    ['HUB_PUBLIC_URL', 'ftp://hub.example.com'],
    ['HUB_PUBLIC_URL', 'https://hub.example.com/behind/a/path'],
    ['HUB_PUBLIC_URL', 'https://user:word@hub.example.com'],
    ['HUB_ADMIN_EMAIL', 'admin'],
    ['HUB_ADMIN_PASSWORD', 'eleven char'],
    ['HUB_ADMIN_PASSWORD', 'x'.repeat(201)],
    ['DATABASE_URL', 'mysql://hub@db/hub'],
    ['DATABASE_URL', 'postgres://hub@db'],
    ['DATABASE_URL', 'postgres://hub@db/'],
    ['REDIS_URL', 'localhost:6379'],
    ['MQTT_URL', 'http://broker'],
    ['HUB_ROLES', 'api,cleaner'],
    ['HUB_ROLES', 'api,'],
    ['HUB_SECRET_KEY', 'secret'],
    ['HUB_SECRET_KEY', KEY.slice(1)],
    ['HUB_SECRET_KEY', `g${KEY.slice(1)}`],
    ['HUB_SECRET_KEY', 'correct horse battery staple, and then some 32 bytes more'],
    ['HUB_TRUST_PROXY', '11'],
    ['HUB_RATE_LIMIT', '10k'],
    ['HUB_RATE_LIMIT', '-1'],
    ['HUB_RATE_LIMIT', '1.5'],
    ['HUB_RATE_LIMIT', '1e3'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_FORMAT', 'xml'],
    ['LOG_REQUESTS', 'perhaps'],
  ])('refuses %s=%s', (name, text) => {
    expect(wrongIn({ [name]: text })).toEqual([name]);
  });

  it('tells no value of those it refuses', () => {
    const message = refusal(() =>
      readSettings(Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, 'L34K']))),
    );
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toMatch(/L34K/i);
  });

  it.each([
    [{ HUB_HTTP_PORT: '80a' }, 'HUB_HTTP_PORT: must be a whole number, 1 to 65535'],
    [{ LOG_REQUESTS: 'perhaps' }, 'LOG_REQUESTS: must be true or false'],
    [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace'],
    [{ REDIS_URL: 'localhost' }, 'REDIS_URL: must be an address that begins with redis://, rediss://'],
    [{ HUB_ROLES: 'cleaner' }, 'HUB_ROLES: must be a list of api, worker, uns'],
  ])('says what a value must be: %j', (environment, message) => {
    expect(refusal(() => readSettings(environment))).toBe(`wrong settings:\n  ${message}`);
  });

  it('names all that are wrong at once', () => {
    const wrong = { HUB_HTTP_PORT: 'x', LOG_LEVEL: 'x', REDIS_URL: 'x', HUB_SECRET_KEY_FILE: '/does/not/exist' };
    expect(wrongIn(wrong).sort()).toEqual(Object.keys(wrong).sort());
  });
});

describe('secrets in files', () => {
  let folder: string;
  const file = (content: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, content);
    return path;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'maestrohub-settings-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read, without the line end', () => {
    expect(readSettings({ HUB_SECRET_KEY_FILE: file(`${KEY}\n`) }).HUB_SECRET_KEY).toBe(KEY);
  });

  it.each(SECRET_SETTINGS)('are checked like those in variables: %s', (name) => {
    expect(wrongIn({ [`${name}_FILE`]: file(' \n') })).toContain(`${name}_FILE`);
  });

  it('are not told in refusals, nor where the file lies', () => {
    const path = file('a wrong key');
    const message = refusal(() => readSettings({ HUB_SECRET_KEY_FILE: path, DATABASE_URL_FILE: join(folder, 'none') }));
    expect(message).toContain('HUB_SECRET_KEY');
    expect(message).toContain('DATABASE_URL_FILE');
    expect(message).not.toContain('wrong key');
    expect(message).not.toContain(folder);
  });

  it('are no way to other settings', () => {
    expect(readSettings({ HUB_HOST_FILE: file('0.0.0.0') }).HUB_HOST).toBe('127.0.0.1');
  });
});

describe('Config', () => {
  const complete = { DATABASE_URL: 'postgres://hub@db/hub', HUB_SECRET_KEY: KEY };

  it('names everything that is missing at once', () => {
    const message = refusal(() => Config.from({}));
    expect(message).toContain('DATABASE_URL: is required here');
    expect(message).toContain('HUB_SECRET_KEY: is required here');
  });

  it('has TLS for MQTT with a port, and then wants certificate and key', () => {
    const tls = { HUB_MQTT_TLS_PORT: '8883', HUB_MQTT_TLS_CERT_FILE: 'cert.pem', HUB_MQTT_TLS_KEY_FILE: 'key.pem' };
    expect(Config.from(complete).mqtt.tls).toBeUndefined();
    expect(Config.from({ ...complete, ...tls }).mqtt.tls).toEqual({
      port: 8883,
      certFile: 'cert.pem',
      keyFile: 'key.pem',
    });
    for (const name of ['HUB_MQTT_TLS_CERT_FILE', 'HUB_MQTT_TLS_KEY_FILE']) {
      const message = refusal(() => Config.from({ ...complete, ...tls, [name]: undefined }));
      expect(message).toContain(`${name}: is required with HUB_MQTT_TLS_PORT`);
    }
  });

  it('has the address of the port where no public one is set', () => {
    expect(Config.from({ ...complete, HUB_HTTP_PORT: '8181' }).http.publicUrl).toBe('http://127.0.0.1:8181');
    expect(Config.from({ ...complete, HUB_PUBLIC_URL: 'https://hub.example.com' }).http.publicUrl).toBe(
      'https://hub.example.com',
    );
  });
});
