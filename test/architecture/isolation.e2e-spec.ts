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

/** Routes of the instance: no organization owns what they are about. */
const ofInstance = ({ access }: Route): boolean =>
  access?.kind === 'scope' && !roleScopes('admin', false).includes(access.scope);

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
    routes = preparation.routes.filter((route) => route.access?.kind !== 'public' && !ofInstance(route));
  });

  afterAll(() => app.stop());

  const newCaller = async (user: TestUser): Promise<Caller> => ({ user, token: await app.newToken(ALL_SCOPES, user) });

  /** Does the work for each route and gives a line for each that it finds fault with. */
  const faults = async (of: Route[], work: (route: Route) => Promise<string | undefined>): Promise<string[]> => {
    expect(of.length).toBeGreaterThan(0);
    const found = await inLanes(LANES, of, async (route) => {
      const fault = await work(route).catch((error: unknown) => (error as Error).message);
      return fault && `${nameOf(route)}: ${fault}`;
    });
    return found.filter((line) => line !== undefined);
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
    const owned = routes.filter((route) => takesAnId(route) && !route.organizationFree);
    const found = await faults(owned, async (route) => {
      const call = await preparation.prepare(route, system, await app.newOrganization());
      const foreign = () => send(app, call, other.caller, other.organizationId);
      return refusedThenMade(call, system, foreign, [404, 'not_found']);
    });
    expect(found).toEqual([]);
  });

  it('is closed to others where the address names the organization', async () => {
    const found = await faults(routes.filter(ofOrganizations), async (route) => {
      const call = await preparation.prepare(route, system, await app.newOrganization());
      return refusedThenMade(call, system, () => send(app, call, other.caller), [403, 'forbidden']);
    });
    expect(found).toEqual([]);
  });

  it('does not exist for another user where it is somebody’s own', async () => {
    const own = routes.filter((route) => takesAnId(route) && route.organizationFree && !ofOrganizations(route));
    const organizationId = await app.newOrganization();
    const [owner, another] = await Promise.all(
      [1, 2].map(async () => newCaller(await app.newUser('admin', organizationId))),
    );
    const found = await faults(own, async (route) => {
      const call = await preparation.prepare(route, owner!, organizationId);
      return refusedThenMade(call, owner!, () => send(app, call, another!), [404, 'not_found']);
    });
    expect(found).toEqual([]);
  });

  it('cannot be named in the body of another’s call', async () => {
    const referring = routes.filter(
      (route) =>
        !route.organizationFree && preparation.references(route).some(({ collection }) => !ofInstance(collection)),
    );
    const found = await inLanes(LANES, referring, async (route) => {
      const call = await preparation.prepare(route, system, other.organizationId);
      const lines: (string | undefined)[] = [];
      for (const { field, collection, isList } of preparation.references(route)) {
        if (ofInstance(collection)) continue;
        const foreign = await app.newOrganization();
        const { id } = await preparation.make(collection, system, foreign);
        const before = await rowDigest(app.database, foreign);
        const body = { ...(call.body as object), [field]: isList ? [id] : id };
        const answer = await send(app, { ...call, body }, other.caller);
        const quiet = (await rowDigest(app.database, foreign)) === before;
        if (![400, 404].includes(answer.status) || !quiet) lines.push(`${nameOf(route)} ${field}: ${told(answer)}`);
      }
      return lines;
    });
    expect(found.flat()).toEqual([]);
  });
});
