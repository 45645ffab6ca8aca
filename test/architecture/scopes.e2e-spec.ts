import { ALL_SCOPES, ROLES, roleScopes, type Role, type Scope } from '#kernel';
import type { Route } from '#platform/http';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { inLanes } from '../e2e/uns/in-lanes';
import { nameOf, send, succeeded, told, type Caller, type PreparedCall } from './calls/caller';
import { Preparation } from './calls/preparation';

/*
 * Every route with a scope, read from the route table, with calls that are good but for the right: its scope opens it,
 * all others together do not, and neither does a role without it.
 */

const LANES = 4;

/** The routes become more, and each is a handful of calls. */
jest.setTimeout(120_000);

/** A route, and one of the scopes that it demands. */
interface Demand {
  route: Route;
  scope: Scope;
  /** All that the route demands, this one among them. */
  all: readonly Scope[];
}

const demandsOf = (route: Route): Demand[] => {
  if (route.access?.kind !== 'scope') return [];
  const all = [route.access.scope, ...route.access.also];
  return all.map((scope) => ({ route, scope, all }));
};

const isRefused = (answer: { status: number; body: { error?: string } }, error: string): boolean =>
  answer.status === 403 && answer.body.error === error;

describe('a route', () => {
  let app: TestApp;
  let preparation: Preparation;
  let session: ApiClient;
  let full: Caller;
  let scoped: Demand[];
  let calls: Map<Route, PreparedCall>;
  let failures: string[];

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0', HUB_SIGNIN_LIMIT: '0' } });
    preparation = new Preparation(app);
    session = app.api(await app.signIn());
    full = await callerWith(ALL_SCOPES);
    scoped = preparation.routes.flatMap(demandsOf);
    calls = new Map();
    failures = [];
    await inLanes(LANES, scoped, async ({ route, all }) => {
      try {
        const call = await preparation.prepare(route, { ...full, scopes: all }, await app.newOrganization());
        calls.set(route, call);
      } catch (error) {
        failures.push(`${nameOf(route)}: ${(error as Error).message}`);
      }
    });
  });

  afterAll(() => app.stop());

  const callerWith = async (scopes: readonly Scope[]): Promise<Caller> => {
    const answer = await session.post('/oauth2/tokens', { name: 'Generated', scopes });
    return { token: (answer.body as { data: { token: string } }).data.token };
  };

  /** A line for each prepared call with which something is wrong. */
  const faults = async (
    check: (call: PreparedCall, scope: Scope, all: readonly Scope[]) => Promise<string | undefined>,
  ): Promise<string[]> => {
    expect(scoped.length).toBeGreaterThan(0);
    const found = await inLanes(LANES, scoped, async ({ route, scope, all }) => {
      const call = calls.get(route);
      const fault = call && (await check(call, scope, all));
      return fault && `${nameOf(route)}: ${fault}`;
    });
    return found.filter((line) => line !== undefined && line !== '') as string[];
  };

  it('can be called with what the OpenAPI document says', () => {
    expect(failures).toEqual([]);
  });

  it('is closed to a role without its scope', async () => {
    const organizationId = await app.newOrganization();
    const members = new Map<Role, Caller>();
    for (const role of ROLES) {
      members.set(role, { token: await app.newToken(ALL_SCOPES, await app.newUser(role, organizationId)) });
    }
    const found = await faults(async (call, scope) => {
      const below = ROLES.filter((role) => !roleScopes(role, false).includes(scope));
      // Where the address names the organization it has to be theirs: strangers are refused for being strangers.
      const here = { ...call, organizationId, path: call.path.replace(call.organizationId, organizationId) };
      for (const role of below) {
        const answer = await send(app, here, members.get(role)!);
        const stranger = (answer.body as { message?: string } | undefined)?.message?.includes('not a member');
        if (!isRefused(answer, 'forbidden') || stranger) return `${role} was answered ${told(answer)}`;
      }
      return undefined;
    });
    expect(found).toEqual([]);
  });

  it('is opened by its scope, and by no other', async () => {
    // Tokens with just these scopes, by the scopes.
    const keys = new Map<string, Caller>();
    const allBut = (scope: Scope): Scope[] => ALL_SCOPES.filter((other) => other !== scope);
    for (const scopes of scoped.flatMap(({ scope, all }) => [all, allBut(scope)])) {
      if (!keys.has(scopes.join())) keys.set(scopes.join(), await callerWith(scopes));
    }
    const found = await faults(async (call, scope, all) => {
      const refused = await send(app, call, keys.get(allBut(scope).join())!);
      if (!isRefused(refused, 'insufficient_scope')) return `without ${scope} it answered ${told(refused)}`;
      const done = await send(app, call, keys.get(all.join())!);
      return succeeded(done) ? undefined : `with ${all.join(' and ')} alone it answered ${told(done)}`;
    });
    expect(found).toEqual([]);
  });
});
