import type { Page } from 'playwright-core';
import { newId } from '#kernel';
import { describeWithServers, eventually, screenshot } from '#testing';
import { overflows, PageWorld } from './page-world';
import { publishHistory, topicOf } from './sample-plant';

const addressOf = (topic: string): string => `/explorer?topic=${encodeURIComponent(topic)}`;

describeWithServers(['chromium'], 'the topic explorer in a browser', () => {
  let world: PageWorld;

  beforeAll(async () => {
    world = await PageWorld.start();
    await publishHistory(world.api, 1);
  });
  afterAll(() => world.stop());

  const node = (page: Page, name: string) => page.locator('.tree').getByRole('button', { name, exact: true });
  const live = (page: Page) => page.getByText('Live', { exact: true }).waitFor();

  it('opens the namespace level by level, by mouse and by keyboard', async () => {
    const { page, problems, close } = await world.visit('/explorer');
    await page.getByText('Choose a topic').waitFor();
    await page.getByRole('button', { name: 'Below bottling' }).click();
    await node(page, 'line-2').focus();
    await page.keyboard.press('ArrowRight');
    await node(page, 'temperature').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'bottles', level: 1 }).waitFor();
    expect(new URL(page.url()).searchParams.get('topic')).toBe(topicOf('line-2', 'bottles'));
    expect(problems).toEqual([]);
    await close();
  });

  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 360 },
  ] as const)('shows what there is to know of a topic: $colorScheme, $width px', async (look) => {
    const { page, problems, close } = await world.visit(addressOf(topicOf('line-1', 'motor')), undefined, look);
    await page.getByText('"rpm":').first().waitFor();
    await page.locator('.chart-canvas canvas').waitFor();
    await page.getByLabel('Field').selectOption('current');
    await page.getByText('61', { exact: true }).first().waitFor();
    const newest = page.getByRole('region', { name: 'Newest values' }).getByRole('row');
    await eventually(async () => (await newest.count()) === 51);
    await live(page);
    expect(await overflows(page)).toBe(false);
    await screenshot(page, `explorer-${look.colorScheme}-${look.width}`);
    expect(problems).toEqual([]);
    await close();
  });

  it('shows what comes by MQTT', async () => {
    const topic = topicOf('line-1', 'temperature');
    const { page, close } = await world.visit(addressOf(topic));
    await live(page);
    await world.publishByMqtt(topic, 1_234.5);
    await page.locator('.figure').getByText('1,234.5').waitFor();
    await page.getByRole('cell', { name: '1,234.5' }).waitFor();
    await close();
  });

  it('shows states where values are no numbers', async () => {
    const { page, close } = await world.visit(addressOf(topicOf('line-1', 'state')));
    await page.getByLabel('States').getByText('running').waitFor();
    await close();
  });

  it('publishes for those who may', async () => {
    const topic = topicOf('line-3', 'pressure');
    const { page, close } = await world.visit(addressOf(topic), await world.app.newUser('editor'));
    await live(page);
    await page.getByRole('textbox', { name: 'Value' }).fill('{"bar": 7}');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.locator('.json').getByText('"bar": 7').waitFor();
    await close();
  });

  it('keeps what somebody types while values come in', async () => {
    const topic = `mHv1.0/bottling/${newId()}`;
    await world.api.post('/uns/topics', { topic });
    const { page, close } = await world.visit(addressOf(topic));
    await live(page);
    const text = page.getByRole('textbox', { name: 'Value' });
    await text.fill('72');
    await world.publishByMqtt(topic, 71);
    await page.locator('.figure').getByText('71').waitFor();
    expect(await text.inputValue()).toBe('72');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.locator('.figure').getByText('72').waitFor();
    await close();
  });

  it('is for viewers to look at alone', async () => {
    const { page, close } = await world.visit(
      addressOf(topicOf('line-3', 'bottles')),
      await world.app.newUser('viewer'),
    );
    await live(page);
    expect(await page.getByRole('button', { name: 'Publish' }).count()).toBe(0);
    await close();
  });

  it('finds topics by what is typed', async () => {
    const { page, close } = await world.visit('/explorer');
    await page.getByRole('searchbox', { name: 'Search topics' }).fill('pressure');
    await page.getByRole('button', { name: /pressure .*line-3/ }).click();
    await page.getByRole('heading', { name: 'pressure', level: 1 }).waitFor();
    await close();
  });

  it('has its tree in a drawer where there is no room', async () => {
    const { page, close } = await world.visit(addressOf(topicOf('line-1', 'bottles')), undefined, { width: 360 });
    expect(await node(page, 'bottles').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Topics', exact: true }).click();
    await node(page, 'pressure').click();
    await page.getByRole('heading', { name: 'pressure', level: 1 }).waitFor();
    await node(page, 'pressure').waitFor({ state: 'hidden' });
    await close();
  });

  it('shows names, sources and values as text, whatever they are', async () => {
    // A dot in the name of a field would be a level.
    const hostile = '<img src=x onerror=pwned=1>';
    const topic = `mHv1.0/bottling/"'><svg onload=globalThis.pwned=1>`;
    await world.api.post('/uns/data/publish', { topic, value: { [hostile]: 1, text: hostile }, source: hostile });
    const { page, problems, close } = await world.visit(addressOf(topic));
    await page.locator('.json').getByText(hostile).waitFor();
    await page.getByRole('heading', { name: `"'><svg onload=globalThis.pwned=1>`, level: 1 }).waitFor();
    await page.locator('.chart-canvas canvas').waitFor();
    await page.locator('.chart-canvas').hover();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(problems).toEqual([]);
    await close();
  });

  it('copies a line that publishes', async () => {
    const { page, close } = await world.visit(addressOf(topicOf('line-1', 'bottles')));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy a command' }).click();
    await page.getByRole('button', { name: 'Copy mosquitto_pub line' }).click();
    await page.getByText('mosquitto_pub line copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain(`-t 'mHv1.0/bottling/line-1/bottles' -m`);
    await close();
  });
});
