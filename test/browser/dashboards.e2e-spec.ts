import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describeWithServers, eventually, screenshot } from '#testing';
import { overflows, PageWorld, settled } from './page-world';
import { plantDashboard, publishHistory, topicOf } from './sample-plant';
import { signIn } from './sign-in';

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
] as const;

const CHARTS = 3;

describeWithServers(['chromium'], 'dashboards in a browser', () => {
  let world: PageWorld;
  let id: string;
  let path: string;

  beforeAll(async () => {
    world = await PageWorld.start();
    await publishHistory(world.api);
    id = await world.newDashboard(plantDashboard());
    path = `/dashboards/${id}`;
  });
  afterAll(() => world.stop());

  const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

  it.each(LOOKS)('show every type of panel: $colorScheme, $width px', async (look) => {
    const { page, problems, close } = await world.visit(path, undefined, look);
    await settled(page, CHARTS);
    expect(await panel(page, 'Temperature of line-1').getByRole('img').getAttribute('aria-label')).toMatch(
      /°C of 40 to 90/,
    );
    await panel(page, 'Speed').getByText('rpm').waitFor();
    await panel(page, 'What the lines do').getByLabel('States').getByText('Changeover').waitFor();
    await panel(page, 'Motors')
      .getByRole('row', { name: /line-3 1,\d{3} rpm/ })
      .waitFor();
    await panel(page, 'Notes').locator('strong', { hasText: '4711' }).waitFor();
    expect(await overflows(page)).toBe(false);
    await screenshot(page, `dashboard-${look.colorScheme}-${look.width}`);
    expect(problems).toEqual([]);
    await close();
  });

  it('show what comes by MQTT, without being asked', async () => {
    const { page, problems, close } = await world.visit(path);
    await settled(page, CHARTS);
    await world.publishByMqtt(topicOf('line-1', 'motor'), { rpm: 9_876, current: 12 });
    await panel(page, 'Speed').getByText('9,876').waitFor();
    await panel(page, 'Motors').getByText('9,876 rpm').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('keep time and variables in the address, also over the sign-in', async () => {
    const { page, close } = await world.visit(`${path}?from=now-15m&to=now&var-line=line-2`);
    await panel(page, 'Temperature of line-2').waitFor();
    await page.getByRole('button', { name: 'Last 15 minutes' }).waitFor();
    expect(new URL(page.url()).search).toBe('?from=now-15m&to=now&var-line=line-2');
    await page.getByLabel('Line', { exact: true }).selectOption('line-3');
    await panel(page, 'Temperature of line-3').waitFor();
    await page.goBack();
    await panel(page, 'Temperature of line-2').waitFor();
    await close();
  });

  it('zoom by dragging, and go back to live', async () => {
    const { page, close } = await world.visit(path);
    await settled(page, CHARTS);
    const box = (await panel(page, 'Temperature').locator('.chart-canvas').boundingBox())!;
    await page.mouse.move(box.x + box.width / 3, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Back to live' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await close();
  });

  it('are printed without what can only be clicked, on light paper', async () => {
    const { page, close } = await world.visit(path, undefined, { colorScheme: 'dark' });
    await settled(page, CHARTS);
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('light');
    expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
    await screenshot(page, 'dashboard-print');
    await page.evaluate(`window.dispatchEvent(new Event('afterprint'))`);
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await close();
  });

  it('give a panel as CSV', async () => {
    const { page, close } = await world.visit(path);
    await settled(page, CHARTS);
    await panel(page, 'Output').getByRole('button', { name: 'Panel Output' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('Output.csv');
    const [head, first] = readFileSync(await file.path(), 'utf8').split('\r\n');
    expect(head).toBe('topic,field,timestamp,value');
    expect(first).toMatch(/^mHv1\.0\/bottling\/line-1\/bottles,,\d{4}-.*Z,\d+$/);
    await close();
  });

  it('say that somebody looks at them', async () => {
    const { page, problems, close } = await world.visit(path);
    await settled(page, CHARTS);
    const told = page.waitForResponse(`**/uns/dashboards/${id}/viewers`);
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    expect(await (await told).json()).toMatchObject({ data: { openNow: expect.any(Number) } });
    expect(problems).toEqual([]);
    await close();
  });

  it('are for viewers to look at alone', async () => {
    const { page, close } = await world.visit(path, await world.app.newUser('viewer'));
    await settled(page, CHARTS);
    expect(await page.getByRole('button', { name: 'Edit', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    expect(await page.locator('.menu-panel').innerText()).toBe('Print');
    await page.goto(`${world.app.url}/dashboards`);
    await page.getByRole('link', { name: /Bottling plant/ }).waitFor();
    expect(await page.getByRole('button', { name: 'New dashboard' }).count()).toBe(0);
    await close();
  });

  it('are made, edited by keyboard, cloned and deleted', async () => {
    const { page, problems, close } = await world.visit('/dashboards', await world.app.newUser('editor'));
    await page.getByRole('button', { name: 'New dashboard' }).click();
    await page.getByLabel('Name').fill('Mine');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('button', { name: 'Add a panel' }).click();
    await page.getByLabel('Title').fill('Pressure');
    await page.getByLabel('Topic').fill(topicOf('line-2', 'pressure'));
    await page.getByRole('button', { name: 'Save panel' }).click();
    await panel(page, 'Pressure').locator('canvas').waitFor();
    const mover = page.getByRole('button', { name: /^Move Pressure/ });
    await mover.press('ArrowRight');
    await mover.press('Shift+ArrowDown');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    const made = new URL(page.url()).pathname.split('/').at(-1)!;
    const kept = (await world.api.get(`/uns/dashboards/${made}`)).body.data;
    expect(kept.panels[0]).toMatchObject({ title: 'Pressure', type: 'line', position: { x: 1, y: 0, w: 12, h: 9 } });

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('button', { name: 'Clone' }).click();
    const told = page.waitForResponse('**/viewers');
    await page.getByRole('dialog').getByRole('button', { name: 'Clone' }).click();
    await page.getByRole('heading', { name: 'Mine (copy)' }).waitFor();
    // Whatever is still asked about what is gone is answered 404, which the console counts among errors.
    await panel(page, 'Pressure').locator('canvas').waitFor();
    await told;
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: /Mine/ }).waitFor();
    expect(await page.getByRole('link', { name: /copy/ }).count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  it('lie in folders, and are found in all of them', async () => {
    const folder = (await world.api.post('/uns/dashboards/folders', { name: 'Hall 7' })).body.data.id as string;
    await world.newDashboard({ name: 'Compressors', folderId: folder });
    const { page, close } = await world.visit('/dashboards');
    await page.getByRole('link', { name: /Hall 7/ }).click();
    await page.getByRole('link', { name: /Compressors/ }).waitFor();
    expect(await page.getByRole('link', { name: /Bottling plant/ }).count()).toBe(0);
    await page.getByRole('searchbox').fill('bottl');
    await page.getByRole('link', { name: /Bottling plant/ }).waitFor();
    await screenshot(page, 'dashboard-list');
    await close();
  });

  it('ask what is to stay where somebody else has saved meanwhile', async () => {
    const own = await world.newDashboard({ ...plantDashboard('Shared'), variables: [], panels: [] });
    const { page, close } = await world.visit(`/dashboards/${own}`);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: 'Name, time and variables' }).click();
    await page.getByLabel('Description').fill('Mine');
    await page.getByRole('button', { name: 'Done' }).click();
    expect((await world.api.patch(`/uns/dashboards/${own}`, { description: 'Theirs' })).status).toBe(200);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog', { name: /Somebody else/ }).waitFor();
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    expect((await world.api.get(`/uns/dashboards/${own}`)).body.data.description).toBe('Mine');
    await close();
  });

  it('show what people write as text, whatever it is', async () => {
    const hostile = '<img src=x onerror=globalThis.pwned=1>';
    const topic = `mHv1.0/bottling/${hostile}`;
    await world.api.post('/uns/data/publish', { topic, value: hostile });
    const query = { topic, field: null, aggregate: null, bucket: null };
    const at = (y: number) => ({ x: 0, y, w: 12, h: 6 });
    const text = `${hostile}\n\n[press](javascript:globalThis.pwned=1) <script>globalThis.pwned=1</script>`;
    const own = await world.newDashboard({
      name: hostile,
      timeRange: { from: 'now-1h', to: 'now' },
      panels: [
        { id: 'a', title: hostile, type: 'text', position: at(0), queries: [], options: { text } },
        { id: 'b', title: 'Table', type: 'table', position: at(6), queries: [query], options: { unit: hostile } },
        { id: 'c', title: 'States', type: 'state-timeline', position: at(12), queries: [query], options: {} },
      ],
    });
    const { page, problems, close } = await world.visit(`/dashboards/${own}`);
    await panel(page, 'Table').getByRole('cell', { name: hostile }).waitFor();
    await panel(page, 'States').getByLabel('States').getByText(hostile).waitFor();
    expect(await panel(page, hostile).innerText()).toContain('<script>globalThis.pwned=1</script>');
    expect(await page.locator('.panel img, .panel a, .panel script').count()).toBe(0);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(problems).toEqual([]);
    await close();
  });

  it('are left by signing out: the browser is asked again', async () => {
    const { page, close } = await world.visit('/dashboards');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.goto(`${world.app.url}${path}`);
    await signIn(page, world.app.admin);
    await page.getByRole('heading', { name: 'Bottling plant' }).waitFor();
    await close();
  });

  it('renew a token that has ended, without a word', async () => {
    const { page, close } = await world.visit(path);
    await settled(page, CHARTS);
    const data = (url: URL): boolean => url.pathname.endsWith('/data');
    await page.route(data, (route) => route.fulfill({ status: 401, json: { message: 'ended' } }), { times: 1 });
    const renewed = page.waitForRequest((request) => request.postData()?.includes('grant_type=refresh_token') ?? false);
    const answered = page.waitForResponse((response) => data(new URL(response.url())) && response.status() === 200);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('button', { name: 'Now' }).click();
    await Promise.all([renewed, answered]);
    expect(new URL(page.url()).pathname).toBe(path);
    await close();
  });

  it('say so while the stream of values is interrupted, and go on by themselves', async () => {
    const { page, close } = await world.open();
    const stream = (url: URL): boolean => url.pathname.endsWith('/uns/data/stream');
    await page.route(stream, (route) => route.abort());
    await page.goto(world.app.url + path);
    await signIn(page, world.app.admin);
    await page.getByText('Reconnecting').waitFor();
    await page.unroute(stream);
    await page.getByText('Live', { exact: true }).waitFor();
    await world.publishByMqtt(topicOf('line-1', 'motor'), { rpm: 6_543, current: 12 });
    await panel(page, 'Speed').getByText('6,543').waitFor();
    await close();
  });

  it('say what is wrong where the platform does not answer, and try again', async () => {
    const { page, close } = await world.open();
    const list = (url: URL): boolean => url.pathname.endsWith('/uns/dashboards');
    await page.route(list, (route) => route.abort());
    await page.goto(`${world.app.url}/dashboards`);
    await signIn(page, world.app.admin);
    await page.getByRole('alert').getByText('The platform does not answer.').waitFor();
    await page.unroute(list);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: /Bottling plant/ }).waitFor();
    await close();
  });

  it('keep no token in the browser', async () => {
    const { page, close } = await world.visit('/dashboards');
    await page.getByRole('link', { name: /Bottling plant/ }).waitFor();
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    expect(kept).toBe('[{},{},""]');
    await close();
  });

  it('say so when the sign-in is left', async () => {
    const { page, close } = await world.open();
    await page.goto(world.app.url + path);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await close();
  });

  it('remember the colours that somebody chooses', async () => {
    const { page, close } = await world.visit('/dashboards');
    await page.getByRole('button', { name: 'Colours' }).click();
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.reload();
    await eventually(async () => (await page.evaluate('document.documentElement.dataset.theme')) === 'dark');
    await close();
  });

  it('are not left with anything unsaved without asking, whichever way', async () => {
    const own = await world.newDashboard({ ...plantDashboard('Draft'), variables: [], panels: [] });
    await world.api.post('/organizations', { name: 'Zero plant' });
    const { page, problems, close } = await world.visit('/dashboards');
    const organization = page.getByRole('combobox', { name: 'Organization' });
    const here = await organization.inputValue();
    await page.getByRole('link', { name: /Draft/ }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: 'Name, time and variables' }).click();
    await page.getByLabel('Description').fill('Mine');
    await page.getByRole('button', { name: 'Done' }).click();
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      // The last one leaves.
      void (asked.length < 3 ? dialog.dismiss() : dialog.accept());
    });
    await page.goBack();
    await eventually(() => new URL(page.url()).pathname === `/dashboards/${own}`);
    await organization.selectOption('Zero plant');
    expect(await organization.inputValue()).toBe(here);
    expect(await page.locator('header p', { hasText: 'Mine' }).count()).toBe(1);
    await organization.selectOption('Zero plant');
    await page.getByText('No dashboards here yet').waitFor();
    expect(new URL(page.url()).pathname).toBe('/dashboards');
    expect(asked).toEqual(Array(3).fill('Leave without saving your changes?'));
    expect(problems).toEqual([]);
    await close();
  });
});
