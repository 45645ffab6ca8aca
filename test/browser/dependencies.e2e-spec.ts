import type { Page } from 'playwright-core';
import { describeWithServers, eventually, screenshot } from '#testing';
import { overflows, PageWorld } from './page-world';
import { ALARMS, configure, MOTOR, type SampleConfiguration } from './sample-configuration';
import { publishHistory } from './sample-plant';

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
] as const;

/** What cytoscape draws; it keeps itself at the element that it draws in. */
const DRAWING = `document.querySelector('.graph-canvas')?._cyreg?.cy`;

describeWithServers(['chromium'], 'the page of dependencies in a browser', () => {
  let world: PageWorld;
  let plant: SampleConfiguration;

  beforeAll(async () => {
    world = await PageWorld.start();
    await publishHistory(world.api, 1);
    plant = await configure(world.api);
  });
  afterAll(() => world.stop());

  const around = (key: string, more = ''): string => `/dependencies?root=${encodeURIComponent(key)}${more}`;
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();
  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
  const details = (page: Page) => section(page, 'Depends on it').locator('.entity, p.soft').first().waitFor();

  /** Keys of the nodes that are drawn, once there are any. */
  async function drawn(page: Page): Promise<string[]> {
    let keys: string[] = [];
    await eventually(async () => {
      keys = await page.evaluate<string[]>(`${DRAWING}?.nodes().map((node) => node.id()).sort() ?? []`);
      return keys.length > 0;
    });
    return keys;
  }

  /** Where a node is on the screen. */
  async function placeOf(page: Page, key: string): Promise<{ x: number; y: number }> {
    await drawn(page);
    const box = (await page.locator('.graph-canvas').boundingBox())!;
    const at = await page.evaluate<{ x: number; y: number }>(
      `${DRAWING}.getElementById(${JSON.stringify(key)}).renderedPosition()`,
    );
    return { x: box.x + at.x, y: box.y + at.y };
  }

  it.each(LOOKS)('draws what the API says: $colorScheme, $width px', async (look) => {
    const { page, problems, close } = await world.visit('/dependencies', undefined, look);
    await heading(page, 'Dependencies');
    const { nodes } = (await world.api.get('/dependencies/graph')).body.data as { nodes: { key: string }[] };
    expect(await drawn(page)).toEqual(nodes.map(({ key }) => key).sort());
    expect(await overflows(page)).toBe(false);
    await screenshot(page, `dependencies-${look.colorScheme}-${look.width}`);
    expect(problems).toEqual([]);
    await close();
  });

  it.each(LOOKS)('shows one entity and what is around it: $colorScheme, $width px', async (look) => {
    const { page, problems, close } = await world.visit(around(`model:${plant.model}`), undefined, look);
    await heading(page, 'Motor');
    await details(page);
    await section(page, 'What happens').getByRole('status').waitFor();
    expect(await overflows(page)).toBe(false);
    await screenshot(page, `dependencies-entity-${look.colorScheme}-${look.width}`);
    expect(problems).toEqual([]);
    await close();
  });

  it('goes to an entity that is clicked, and back', async () => {
    const { page, close } = await world.visit('/dependencies');
    const { x, y } = await placeOf(page, `connection:${plant.connection}`);
    await page.mouse.click(x, y);
    await heading(page, 'MES');
    await details(page);
    expect(new URL(page.url()).search).toBe(`?root=connection%3A${plant.connection}`);
    expect(await section(page, 'Depends on it').getByRole('link').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining('Output to MES'), expect.stringContaining('Book output')]),
    );
    await page.goBack();
    await heading(page, 'Dependencies');
    await page.goForward();
    await heading(page, 'MES');
    await close();
  });

  it('is used by keyboard: the lists beside the drawing say the same', async () => {
    const { page, close } = await world.visit('/dependencies');
    const entry = section(page, 'Models').getByRole('link', { name: 'Model Line' });
    await entry.focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Line');
    await section(page, 'It depends on').getByRole('link', { name: 'Model Motor' }).press('Enter');
    await heading(page, 'Motor');
    expect(await page.locator('main').ariaSnapshot()).not.toMatch(/- (textbox|button|link|img)(:|$)/m);
    await close();
  });

  it('keeps direction and steps in the address, also over the sign-in', async () => {
    const address = around(`pipeline:${plant.pipeline}`, '&depth=1&direction=dependencies');
    const { page, close } = await world.visit(address);
    await heading(page, 'Output to MES');
    expect(await drawn(page)).not.toContain(`pipeline:${plant.alarm}`);
    expect(await drawn(page)).not.toContain(`model:${plant.model}`);
    await page.getByRole('group', { name: 'Steps' }).getByRole('button', { name: '3' }).click();
    await eventually(async () => (await drawn(page)).includes(`model:${plant.model}`));
    await page.getByRole('button', { name: 'Dependents', exact: true }).click();
    await eventually(async () => (await drawn(page)).includes(`pipeline:${plant.alarm}`));
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('depth'), searchParams.get('direction')]).toEqual(['3', 'dependents']);
    await page.goBack();
    await eventually(async () => (await drawn(page)).includes(`model:${plant.model}`));
    await close();
  });

  it('tells what happens if something is deleted, disabled or changed', async () => {
    const { page, close } = await world.visit(around(`connection:${plant.connection}`));
    const impact = section(page, 'What happens');
    await impact.getByText('1 breaks, 1 is affected.').waitFor();
    await impact.getByText('Motor alarm → Output to MES → MES', { exact: true }).waitFor();
    await impact
      .getByText(/\d+ runs? in the last hour/)
      .first()
      .waitFor();
    await impact.getByRole('button', { name: 'changed' }).click();
    await impact.getByText(/^Nothing breaks; \d are affected\.$/).waitFor();
    await impact.getByRole('button', { name: 'disabled' }).click();
    await impact.getByText('1 breaks, 1 is affected.').waitFor();
    await page.goto(world.app.url + around(`dashboard:${plant.dashboard}`));
    await impact.getByText('Nothing breaks.').waitFor();
    expect(await impact.getByRole('button').allInnerTexts()).toEqual(['deleted', 'changed']);
    await close();
  });

  it('tells filters, and paths at which there is nothing, from topics', async () => {
    const { page, close } = await world.visit(around(`topic:${ALARMS}`));
    await page.getByText('There is nothing there yet.').waitFor();
    await details(page);
    expect(await section(page, 'What happens').count()).toBe(0);
    await page.goto(world.app.url + around('topic:mHv1.0/bottling/+/motor'));
    await page.getByText('A filter:').waitFor();
    await drawn(page);
    const patterns = await page.evaluate<string[]>(`${DRAWING}.nodes('.pattern').map((node) => node.id())`);
    expect(patterns).toContain('topic:mHv1.0/bottling/+/motor');
    await close();
  });

  it('leads to the explorer, dashboards and the API reference', async () => {
    const { page, close } = await world.visit(around(`topic:${MOTOR}`));
    await page.getByRole('link', { name: 'Open in the explorer' }).click();
    await heading(page, 'motor');
    await page.goto(world.app.url + around(`dashboard:${plant.dashboard}`));
    await page.getByRole('link', { name: 'Open the dashboard' }).click();
    await heading(page, 'Bottling plant');
    await page.goto(world.app.url + around(`pipeline:${plant.pipeline}`));
    await page.getByRole('link', { name: 'In the API reference' }).click();
    await page.locator('#operations-Pipelines-Pipelines_get.is-open').waitFor();
    await close();
  });

  it('finds entities by name and type, also those that are not drawn', async () => {
    const { page, close } = await world.visit(around(`model:${plant.model}`, '&depth=1'));
    await heading(page, 'Motor');
    await page.getByRole('searchbox', { name: 'Search entities' }).fill('function book');
    await page.getByRole('complementary').getByRole('link', { name: 'Function Book output' }).click();
    await heading(page, 'Book output');
    expect(await page.getByRole('searchbox', { name: 'Search entities' }).inputValue()).toBe('');
    await page.getByRole('searchbox', { name: 'Search entities' }).fill('no such thing');
    await page.getByText('Nothing is called “no such thing”').waitFor();
    await close();
  });

  it('makes what is searched stand out in the drawing', async () => {
    const { page, close } = await world.visit('/dependencies');
    await drawn(page);
    await page.getByRole('searchbox', { name: 'Search entities' }).fill('model');
    await eventually(async () => {
      const left = await page.evaluate<string[]>(`${DRAWING}.nodes().not('.faint').map((node) => node.id()).sort()`);
      return left.join() === [`model:${plant.line}`, `model:${plant.model}`].sort().join();
    });
    await page.getByRole('searchbox', { name: 'Search entities' }).fill('');
    await eventually(async () => (await page.evaluate(`${DRAWING}.elements('.faint').length`)) === 0);
    await close();
  });

  it('is looked at from nearer and further', async () => {
    const { page, close } = await world.visit('/dependencies');
    await drawn(page);
    const zoom = () => page.evaluate<number>(`${DRAWING}.zoom()`);
    const before = await zoom();
    await page.getByRole('button', { name: 'Nearer' }).click();
    expect(await zoom()).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Further' }).press('Enter');
    await page.getByRole('button', { name: 'Further' }).press('Enter');
    expect(await zoom()).toBeLessThan(before);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await zoom()).toBeCloseTo(before);
    await close();
  });

  it('leaves out types', async () => {
    const { page, close } = await world.visit('/dependencies');
    await drawn(page);
    await page.getByRole('list', { name: 'Types' }).getByRole('button', { name: 'Topics' }).click();
    await eventually(async () => (await drawn(page)).every((key) => !key.startsWith('topic:')));
    expect(new URL(page.url()).search).toBe('?hide=topic');
    await close();
  });

  it('copies what it shows as Mermaid and as DOT', async () => {
    const { page, close } = await world.visit(around(`pipeline:${plant.pipeline}`));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = async (form: string) => {
      await page.getByRole('button', { name: 'Copy', exact: true }).click();
      await page.getByRole('button', { name: `As ${form}` }).click();
      await page.getByText(`${form} copied`).waitFor();
      return page.evaluate<string>('navigator.clipboard.readText()');
    };
    expect(await copied('Mermaid')).toMatch(/^(---|flowchart|graph)[^]*Output to MES/);
    expect(await copied('DOT')).toMatch(/^digraph[^]*Output to MES/);
    await close();
  });

  it('is printed on light paper, without what can only be clicked', async () => {
    const { page, close } = await world.visit('/dependencies', undefined, { colorScheme: 'dark' });
    await drawn(page);
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button', { name: 'Nearer' }).isVisible()).toBe(false);
    await screenshot(page, 'dependencies-print');
    await close();
  });

  it('shows viewers the same', async () => {
    const { page, close } = await world.visit('/dependencies', await world.app.newUser('viewer'));
    expect((await drawn(page)).length).toBeGreaterThan(5);
    await close();
  });

  it('says what is wrong, and what can be done', async () => {
    const { page, close } = await world.visit(around('model:01890a5d-ac96-774b-bcce-b302099a8057'));
    await page.getByRole('alert').getByText('Model not found.').waitFor();
    await page.getByRole('link', { name: 'All dependencies' }).click();
    await heading(page, 'Dependencies');
    const graph = (url: URL): boolean => url.pathname.endsWith('/dependencies/graph');
    await page.route(graph, (route) => route.abort());
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('The platform does not answer.').waitFor();
    await page.unroute(graph);
    await close();
  });
});
