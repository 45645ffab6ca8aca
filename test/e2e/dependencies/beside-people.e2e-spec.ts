import { ALL_SCOPES } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';
import { BusyPlant, MARKER } from './busy-plant';
import { exported, newPlace, validate } from './exchange';
import { computedGraph, keptGraph } from './kept-graph';

/*
 * Files are imported and undone while people work on the same. What is refused has changed nothing, what is done is done as a
 * whole. `HUB_TEST_ROUNDS=200 npm test -- test/e2e/dependencies/beside-people` looks longer.
 */

const ROUNDS = Number(process.env['HUB_TEST_ROUNDS'] ?? 6);
const PEOPLE = 4;
const DEEDS = 4;
const TYPES = ['connection', 'function', 'model', 'pipeline', 'topic', 'schema-binding', 'dashboard'];

jest.setTimeout(60_000 + ROUNDS * 60_000);

const anyOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;

/** How often what was asked was answered how. */
class Tally {
  private readonly counts = new Map<string, number>();

  add(what: string, { status }: Answer): void {
    const key = `${what} ${status}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  count(pattern: RegExp): number {
    return [...this.counts].reduce((sum, [key, count]) => (pattern.test(key) ? sum + count : sum), 0);
  }

  get lines(): string[] {
    return [...this.counts].map(([key, count]) => `${key}: ${count}`).sort();
  }
}

describe('an import beside people', () => {
  let app: TestApp;
  let files: string[];

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    const { api } = await newPlace(app);
    const plant = new BusyPlant(api);
    await plant.make('one');
    const all = TYPES.map((type) => ({ type }));
    files = [await exported(api, all)];
    await plant.say('two');
    files.push(await exported(api, all));
    expect(files[0]).not.toBe(files[1]);
  });

  afterAll(() => app.stop());

  it.each([
    ['who ask', ''],
    ['who override each other', '?force=true'],
  ])('%s is done as a whole or not at all, and the graph is true', async (_, how) => {
    const organizationId = await app.newOrganization();
    const api = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const plant = new BusyPlant(api, how);
    const tally = new Tally();
    let last = await insist(api, tally);
    expect(last).toBeDefined();
    for (let round = 0; round < ROUNDS; round++) {
      await plant.look();
      const [next] = await Promise.all([
        insist(api, tally),
        takeBack(api, tally, last, how),
        ...Array.from({ length: PEOPLE }, () => work(plant, tally)),
      ]);
      last = next;
      const graph = await keptGraph(app, organizationId, TYPES);
      expect(graph).toEqual(await computedGraph(app, organizationId, TYPES));
      expect(await said(api, '/engine/models')).toEqual(await said(api, '/uns/dashboards'));
      const { unresolved } = (await api.get('/dependencies/graph')).body.data;
      // Where nobody is overridden nothing is left behind.
      if (how === '') expect(unresolved).toEqual([]);
    }
    // What was left behind by force may make that unsound which comes in.
    const expected =
      how === '' ? /^(validate|execute|undo) (200|409|503)/ : /^(validate|execute|undo) (200|400|409|503)/;
    const ofImports = tally.lines.filter((line) => /^(validate|execute|undo)/.test(line));
    expect(ofImports.filter((line) => !expected.test(line))).toEqual([]);
    expect(tally.lines.filter((line) => / 5\d\d:/.test(line) && !/ 503:/.test(line))).toEqual([]);
    // Deadlocks, one of which the other side is asked to send again: hardly one in a thousand, so that five are no chance.
    const often = tally.count(/ 503$/) > 5 + tally.count(/./) / 100;
    expect(often ? tally.lines : []).toEqual([]);
  });

  /** The id of what was done. */
  async function bring(api: ApiClient, tally: Tally): Promise<string | undefined> {
    const plan = await validate(api, anyOf(files));
    tally.add('validate', plan);
    if (plan.status !== 200) return undefined;
    const { planId, items } = plan.body.data as {
      planId: string;
      items: { type: string; name: string; action: string }[];
    };
    const conflicts = items.filter(({ action }) => action === 'conflict');
    const resolutions = conflicts.map(({ type, name }) => ({ type, name, action: 'replace' }));
    const done = await api.post('/dependencies/import/execute', { planId, resolutions });
    tally.add('execute', done);
    return done.status === 200 ? planId : undefined;
  }

  /** Until it is done, or has been refused thrice. */
  async function insist(api: ApiClient, tally: Tally): Promise<string | undefined> {
    return (await bring(api, tally)) ?? (await bring(api, tally)) ?? bring(api, tally);
  }

  async function takeBack(api: ApiClient, tally: Tally, id: string | undefined, how: string): Promise<void> {
    if (id !== undefined) tally.add('undo', await api.post(`/dependencies/import/${id}/undo${how}`));
  }

  async function work(plant: BusyPlant, tally: Tally): Promise<void> {
    for (let deed = 0; deed < DEEDS; deed++) {
      const [what, how] = anyOf(plant.deeds);
      const answer = await how();
      if (answer) tally.add(what, answer);
    }
  }

  /** What the marker in that list says. */
  async function said(api: ApiClient, path: string): Promise<string[]> {
    const { body } = await api.get(`${path}?limit=200`);
    return (body.data as { name: string; description: string }[])
      .filter(({ name }) => name === MARKER)
      .map(({ description }) => description);
  }
});
