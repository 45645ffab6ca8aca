import type { Page } from 'playwright-core';
import { describeWithServers, eventually, screenshot } from '#testing';
import { PageWorld } from './page-world';
import { signIn } from './sign-in';

const HOSTILE = `"'><img src=x onerror=globalThis.pwned=1>`;
const DRAWN = `document.querySelector('.graph-canvas')?._cyreg?.cy.nodes().length ?? 0`;

describeWithServers(['chromium'], 'the page of dependencies, whatever there is', () => {
  let world: PageWorld;

  beforeAll(async () => void (world = await PageWorld.start()));
  afterAll(() => world.stop());

  const newModel = async (name: string, modelId?: string): Promise<string> => {
    const field = modelId === undefined ? { type: 'number' } : { type: 'object', modelId };
    const answer = await world.api.post('/engine/models', { name, fields: [{ name: 'field', ...field }] });
    if (answer.status !== 201) throw new Error(`a new model was answered ${answer.status}: ${answer.text}`);
    return (answer.body as { data: { id: string } }).data.id;
  };
  const drawn = (page: Page, nodes: number) => eventually(async () => (await page.evaluate(DRAWN)) === nodes);

  it('says what will be here where there is nothing', async () => {
    const { page, problems, close } = await world.visit('/dependencies');
    await page.getByText('Nothing here yet').waitFor();
    await screenshot(page, 'dependencies-empty');
    expect(problems).toEqual([]);
    await close();
  });

  it('says so to those who may not look', async () => {
    const { page, close } = await world.open();
    await page.route(
      (url) => url.pathname.endsWith('/auth/me'),
      async (route) => {
        const response = await route.fetch();
        const { data } = (await response.json()) as { data: { scopes: string[] } };
        const scopes = data.scopes.filter((scope) => scope !== 'dependencies:read');
        await route.fulfill({ response, json: { data: { ...data, scopes } } });
      },
    );
    await page.goto(`${world.app.url}/dependencies`);
    await signIn(page, world.app.admin);
    await page.getByText('You may not look at dependencies here').waitFor();
    await close();
  });

  it('shows names as text, whatever they are', async () => {
    const gone = await newModel('Gone');
    const id = await newModel(HOSTILE, gone);
    await newModel('Other', id);
    expect((await world.api.delete(`/engine/models/${gone}?force=true`)).status).toBe(200);
    const { page, problems, close } = await world.visit('/dependencies');
    await drawn(page, 2);
    const unresolved = page.getByRole('region', { name: 'Refers to something that is gone' });
    await unresolved.getByText(gone).waitFor();
    await page.getByRole('searchbox', { name: 'Search entities' }).fill('img');
    await unresolved.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: HOSTILE }).click();
    await page.getByRole('heading', { name: HOSTILE, level: 1 }).waitFor();
    await page.getByRole('region', { name: 'What happens' }).getByText(`Other → ${HOSTILE}`).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(problems).toEqual([]);
    await close();
  });

  it('says so where there are too many to draw, and lists them', async () => {
    const node = (n: number) => ({
      key: `topic:mHv1.0/n/${n}`,
      type: n < 1_400 ? 'topic' : 'model',
      id: null,
      name: `Entity ${n}`,
      exists: true,
      pattern: false,
    });
    const nodes = Array.from({ length: 2_000 }, (_, n) => node(n));
    const edges = nodes
      .slice(1)
      .map(({ key }, n) => ({ source: key, target: nodes[n >> 3]!.key, kind: 'uses', via: [] }));
    const data = { revision: 1, nodes, edges, unresolved: [], truncated: false };
    const { page, problems, close } = await world.open();
    await page.route(
      (url) => url.pathname.endsWith('/dependencies/graph'),
      (route) => route.fulfill({ json: { data } }),
    );
    await page.goto(`${world.app.url}/dependencies`);
    await signIn(page, world.app.admin);
    await page.getByText('2,000 entities are too many to draw').waitFor();
    await page.getByRole('button', { name: 'Show more of 1,400' }).click();
    await page.getByRole('list', { name: 'Types' }).getByRole('button', { name: 'Models' }).click();
    await drawn(page, 1_400);
    await screenshot(page, 'dependencies-many');
    expect(problems).toEqual([]);
    await close();
  });
});
