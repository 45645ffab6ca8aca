import type { NestExpressApplication } from '@nestjs/platform-express';
import { newId, type Role } from '#kernel';
import { Config, type Environment, type HubRole } from '#platform/config';
import { hashPassword } from '#platform/crypto';
import { Database } from '#platform/database';
import type * as StartHub from '../../../apps/shared/src/start-hub';
import { ApiClient } from './api-client';
import { freePort } from './free-port';
import { createTestDatabase } from './test-database';

export interface TestUser {
  id: string;
  email: string;
  password: string;
}

export interface TestAppOptions {
  /** The parts to run; the REST API alone where nothing is said. */
  roles?: readonly HubRole[];
  /** Settings that differ from those of a test. */
  settings?: Environment;
  /** The database of another application that is running: a second process of the same instance. */
  databaseUrl?: string;
}

const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };
const USER_PASSWORD = 'staple battery horse';

/** The platform as its mains start it, on a database of its own, with makers of tenants, users and tokens. */
export class TestApp {
  private constructor(
    private readonly hub: StartHub.RunningHub,
    readonly config: Config,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start({ roles = ['api'], settings = {}, databaseUrl }: TestAppOptions): Promise<TestApp> {
    // Loaded here, so that files that want no application need not wait for all of it.
    const { startHub } = require('../../../apps/shared/src/start-hub') as typeof StartHub;
    const [database, httpPort, mqttPort] = await Promise.all([
      databaseUrl === undefined ? createTestDatabase() : { url: databaseUrl, drop: () => Promise.resolve() },
      freePort(),
      freePort(),
    ]);
    const config = Config.from({
      DATABASE_URL: database.url,
      HUB_HTTP_PORT: String(httpPort),
      HUB_MQTT_PORT: String(mqttPort),
      HUB_SECRET_KEY: '5e'.repeat(32),
      HUB_ADMIN_EMAIL: ADMIN.email,
      HUB_ADMIN_PASSWORD: ADMIN.password,
      HUB_OUTBOUND_LOOPBACK: 'true',
      LOG_LEVEL: 'fatal',
      ...settings,
    });
    try {
      return new TestApp(await startHub(config, roles), config, database.drop);
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  get nest(): NestExpressApplication {
    return this.hub.app;
  }

  /** The first organization's id. */
  get organizationId(): string {
    return this.hub.organizationId;
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return `http://127.0.0.1:${this.config.http.port}`;
  }

  get mqttUrl(): string {
    return this.config.mqtt.url ?? `mqtt://127.0.0.1:${this.config.mqtt.port}`;
  }

  /** The system administrator that the first start made. */
  get admin(): Omit<TestUser, 'id'> {
    return ADMIN;
  }

  get database(): Database {
    return this.nest.get(Database);
  }

  /** A caller with that token; in the first organization unless another is named. */
  api(token: string, organizationId = this.organizationId): ApiClient {
    return new ApiClient(this.url, { Authorization: `Bearer ${token}`, 'X-Organization-ID': organizationId });
  }

  /** A caller who says nothing about itself. */
  get stranger(): ApiClient {
    return new ApiClient(this.url);
  }

  /** A session token. */
  async signIn({ email, password }: Omit<TestUser, 'id'> = ADMIN): Promise<string> {
    const answer = await this.stranger.post('/auth/login', { email, password });
    if (answer.status !== 200) throw new Error(`sign-in of ${email} answered ${answer.status}: ${answer.text}`);
    return (answer.body as { data: { accessToken: string } }).data.accessToken;
  }

  /** A personal access token with the scopes; the system administrator's where no user is named. */
  async newToken(scopes: readonly string[], user?: TestUser): Promise<string> {
    const session = this.api(await this.signIn(user));
    const answer = await session.post('/oauth2/tokens', { name: newId(), scopes });
    if (answer.status !== 201) throw new Error(`a new token was answered ${answer.status}: ${answer.text}`);
    return (answer.body as { data: { token: string } }).data.token;
  }

  async newOrganization(name = `Organization ${newId()}`): Promise<string> {
    const id = newId();
    await this.database.asSystem((manager) =>
      manager.query('INSERT INTO organizations (id, name) VALUES ($1, $2)', [id, name]),
    );
    return id;
  }

  /** A user with that role in an organization, the first one unless another is named; without a role, in none. */
  async newUser(role?: Role, organizationId = this.organizationId): Promise<TestUser> {
    const id = newId();
    const email = `${id}@example.com`;
    const hash = await userPasswordHash();
    await this.database.asSystem(async (manager) => {
      await manager.query(
        `INSERT INTO users (id, email, password_hash, first_name, last_name) VALUES ($1, $2, $3, 'Test', 'User')`,
        [id, email, hash],
      );
      if (!role) return;
      await manager.query('INSERT INTO memberships (organization_id, user_id, role) VALUES ($1, $2, $3)', [
        organizationId,
        id,
        role,
      ]);
    });
    return { id, email, password: USER_PASSWORD };
  }

  async stop(): Promise<void> {
    try {
      await this.hub.stop();
    } finally {
      await this.dropDatabase();
    }
  }
}

let hashed: Promise<string> | undefined;

/** Argon2 is slow on purpose: one hash serves all users of a file. */
const userPasswordHash = (): Promise<string> => (hashed ??= hashPassword(USER_PASSWORD));

/** Starts the platform for a test file: in `beforeAll`, with `app.stop()` in `afterAll`. */
export const createTestApp = (options: TestAppOptions = {}): Promise<TestApp> => TestApp.start(options);
