import { ALL_SCOPES } from '#kernel';
import type { Route } from '#platform/http';
import { createTestApp, type TestApp } from '#testing';
import { inLanes } from '../e2e/uns/in-lanes';
import { nameOf, send, succeeded, told, type Caller, type PreparedCall } from './calls/caller';
import { Preparation } from './calls/preparation';
import { ASKS } from './route-rules';

/* Every route that changes configuration, read from the route table: what it did stands in the audit trail. */

const LANES = 4;

/** The routes become more, and each is a handful of calls. */
jest.setTimeout(120_000);

interface Entry {
  user_id: string | null;
  organization_id: string | null;
}

/** Data and runs have histories of their own, and far too many of them. */
const isData = /:(publish|execute)$/;

const changes = ({ method, path, answer, access }: Route): boolean =>
  !ASKS.test(path) &&
  ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) &&
  answer !== 'raw' &&
  access?.kind === 'scope' &&
  !isData.test(access.scope);

describe('a change', () => {
  let app: TestApp;
  let preparation: Preparation;
  let system: Caller & { userId: string };

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0', HUB_SIGNIN_LIMIT: '0' } });
    preparation = new Preparation(app);
    const token = await app.newToken(ALL_SCOPES);
    system = { token, userId: (await app.api(token).get('/auth/me')).body.data.user.id as string };
  });

  afterAll(() => app.stop());

  const entriesOf = (requestId: string): Promise<Entry[]> =>
    app.database.asSystem((manager) =>
      manager.query<Entry[]>(
        `SELECT user_id, organization_id FROM audit_entries WHERE request_id = $1 AND result = 'done'`,
        [requestId],
      ),
    );

  /** The organization an entry belongs to; nothing for what belongs to the instance. */
  const organizationOf = ({ route, path, organizationId }: PreparedCall): string | null =>
    route.organizationFree && !path.includes(organizationId) ? null : organizationId;

  async function faultOf(route: Route): Promise<string | undefined> {
    const call = await preparation.prepare(route, system, await app.newOrganization());
    const answer = await send(app, call, system);
    if (!succeeded(answer)) return `was answered ${told(answer)}`;
    const entries = await entriesOf(answer.headers.get('x-request-id')!);
    if (entries.length === 0) return 'left no entry in the audit trail';
    const organizations = [organizationOf(call)];
    // An organization's own beginning and end may be told by itself or by the instance.
    const created = (answer.body as { data?: { id?: string } } | undefined)?.data?.id;
    if (/^(POST \/organizations|DELETE \/organizations\/:id)$/.test(nameOf(route)))
      organizations.push(created ?? null, null);
    const right = entries.some(
      (entry) => entry.user_id === system.userId && organizations.includes(entry.organization_id),
    );
    return right ? undefined : `left entries of somebody or somewhere else: ${JSON.stringify(entries)}`;
  }

  it('of every kind is written down, with who made it and where it belongs', async () => {
    const routes = preparation.routes.filter(changes);
    expect(routes.length).toBeGreaterThan(0);
    const found = await inLanes(LANES, routes, async (route) => {
      const fault = await faultOf(route).catch((error: unknown) => (error as Error).message);
      return fault === undefined ? [] : [`${nameOf(route)}: ${fault}`];
    });
    expect(found.flat()).toEqual([]);
  });
});
