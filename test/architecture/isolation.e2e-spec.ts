import { ALL_SCOPES, roleScopes } from '#kernel';
import type { Route } from '#platform/http';
import { createTestApp, type Answer, type TestApp, type TestUser } from '#testing';
import { inLanes } from '../e2e/uns/in-lanes';
import { nameOf, send, succeeded, told, type Caller, type PreparedCall } from './calls/caller';
import { Preparation, takesAnId } from './calls/preparation';
import { rowDigest } from './calls/row-digest';

/*
 * Every route that takes an id, read from the route table: what belongs to one organization does not exist for another.
 * Each call is made on new things in a new organization, and is good: its owner makes it after the other was refused.
 */

const LANES = 4;

/** The routes become more, and each is a handful of calls. */
jest.setTimeout(120_000);

/** Routes of the instance: no organization owns what they are about. */
const ofInstance = ({ access }: Route): boolean =>
  access?.kind === 'scope' && !roleScopes('admin', false).includes(access.scope);

/** What the product itself consists of: the same for everybody. */
const ofProduct = ({ path }: Route): boolean => /^\/api\/v1\/(engine\/nodes|connections\/protocols)\/:/.test(path);

const ofOrganizations = ({ path }: Route): boolean => /^\/api\/v1\/organizations\/:/.test(path);

describe('what belongs to one organization', () => {
  let app: TestApp;
  let preparation: Preparation;
  let system: Caller;
  let other: { organizationId: string; caller: Caller };
  let routes: Route[];

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0', HUB_SIGNIN_LIMIT: '0' } });
    preparation = new Preparation(app);
    system = { token: await app.newToken(ALL_SCOPES) };
    const organizationId = await app.newOrganization();
    other = { organizationId, caller: await newCaller(await app.newUser('admin', organizationId)) };
    routes = preparation.routes.filter(
      (route) => route.access?.kind !== 'public' && !ofInstance(route) && !ofProduct(route),
    );
  });

  afterAll(() => app.stop());

  const newCaller = async (user: TestUser): Promise<Caller> => ({ user, token: await app.newToken(ALL_SCOPES, user) });

  /** Does the work for each and gives a line for each that it finds fault with. */
  const faults = async <T>(
    of: readonly T[],
    work: (item: T) => Promise<string | undefined>,
    name: (item: T) => string,
  ): Promise<string[]> => {
    const found = await inLanes(LANES, of, async (item) => {
      const fault = await work(item).catch((error: unknown) => (error as Error).message);
      return fault === undefined ? [] : [`${name(item)}: ${fault}`];
    });
    return found.flat();
  };

  /** The owner's call, refused to somebody else as it should be and without a trace, then made by the owner. */
  async function refusedThenMade(
    call: PreparedCall,
    owner: Caller,
    refused: () => Promise<Answer>,
    [status, error]: [number, string],
  ): Promise<string | undefined> {
    const before = await rowDigest(app.database, call.organizationId);
    const answer = await refused();
    if (answer.status !== status || (answer.body as { error?: string }).error !== error) {
      return `somebody else was answered ${told(answer)}`;
    }
    if ((await rowDigest(app.database, call.organizationId)) !== before) return 'somebody else changed something';
    const own = await send(app, call, owner);
    return succeeded(own) ? undefined : `its owner was answered ${told(own)}`;
  }

  it('does not exist for another', async () => {
    const owned = routes.filter((route) => takesAnId(route) && !route.organizationFree && !ofProduct(route));
    const found = await faults(
      owned,
      async (route) => {
        const call = await preparation.prepare(route, system, await app.newOrganization());
        const foreign = () => send(app, call, other.caller, other.organizationId);
        return refusedThenMade(call, system, foreign, [404, 'not_found']);
      },
      nameOf,
    );
    expect(owned.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });

  it('is closed to others where the address names the organization', async () => {
    const found = await faults(
      routes.filter(ofOrganizations),
      async (route) => {
        const call = await preparation.prepare(route, system, await app.newOrganization());
        return refusedThenMade(call, system, () => send(app, call, other.caller), [403, 'forbidden']);
      },
      nameOf,
    );
    expect(found).toEqual([]);
  });

  it('does not exist for another user where it is somebody’s own', async () => {
    const own = routes.filter((route) => takesAnId(route) && route.organizationFree && !ofOrganizations(route));
    const organizationId = await app.newOrganization();
    const [owner, another] = await Promise.all(
      [1, 2].map(async () => newCaller(await app.newUser('admin', organizationId))),
    );
    const found = await faults(
      own,
      async (route) => {
        const call = await preparation.prepare(route, owner!, organizationId);
        return refusedThenMade(call, owner!, () => send(app, call, another!), [404, 'not_found']);
      },
      nameOf,
    );
    expect(own.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });

  it('cannot be named in the body or the query of another’s call', async () => {
    const found = await inLanes(LANES, routes, async (route) => {
      if (route.organizationFree) return [];
      const owned = preparation.references(route).filter(({ collection }) => !ofInstance(collection));
      return faults(
        owned,
        ({ field, collection }) => namingFault(route, field, collection),
        ({ field }) => `${nameOf(route)} with a foreign ${field}`,
      );
    });
    expect(found.flat()).toEqual([]);
  });

  /** Somebody's call names a thing of another organization's: it is refused, or finds nothing, and leaves no trace. */
  async function namingFault(route: Route, field: string, collection: Route): Promise<string | undefined> {
    const owner = await app.newOrganization();
    const { id } = await preparation.make(collection, system, owner);
    const call = await preparation.prepare(route, system, other.organizationId, { field, id });
    const before = await rowDigest(app.database, owner);
    const answer = await send(app, call, other.caller);
    const empty = answer.status === 200 && route.method === 'GET' && !answer.text.includes(id);
    if (![400, 404].includes(answer.status) && !empty) return `somebody else was answered ${told(answer)}`;
    return (await rowDigest(app.database, owner)) === before ? undefined : 'somebody else changed something';
  }
});
