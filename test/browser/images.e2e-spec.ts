import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describeWithServers } from '#testing';
import { PageWorld, settled } from './page-world';
import { configure, MOTOR, type SampleConfiguration } from './sample-configuration';
import { publishHistory } from './sample-plant';

/** With `npm test -- --update-images` those of the documentation, else beside the other results. */
const FOLDER = process.env.HUB_UPDATE_IMAGES === '1' ? 'docs/images' : 'test-results/screenshots/images';
const LARGEST = 200 * 1024;
const CHARTS = 3;
/** That dependents are told to have had. */
const RUNS = 7;

describeWithServers(['chromium'], 'the pictures of the documentation', () => {
  let world: PageWorld;
  let plant: SampleConfiguration;
  let dashboard: string;

  beforeAll(async () => {
    world = await PageWorld.start();
    await publishHistory(world.api);
    plant = await configure(world.api);
    await start(plant.alarm, RUNS);
    dashboard = `/dashboards/${plant.dashboard}`;
    mkdirSync(join(__dirname, '../..', FOLDER), { recursive: true });
  });
  afterAll(() => world.stop());

  async function start(pipeline: string, times: number): Promise<void> {
    await world.api.post(`/engine/pipelines/${pipeline}/enable`);
    for (let run = 0; run < times; run++) {
      const { status, text } = await world.api.post(`/engine/pipelines/${pipeline}/execute`, {});
      if (status >= 300) throw new Error(`starting was answered ${status}: ${text}`);
    }
  }

  async function keep(page: Page, name: string, fullPage: boolean): Promise<number> {
    const path = join(__dirname, '../..', FOLDER, `${name}.png`);
    await page.mouse.move(0, 0);
    await page.screenshot({ path, fullPage, animations: 'disabled' });
    return statSync(path).size;
  }

  it.each([
    ['dashboard-light', 'light', 1280],
    ['dashboard-dark', 'dark', 1280],
  ] as const)('are kept: %s', async (name, colorScheme, width) => {
    const { page, close } = await world.visit(dashboard, undefined, { colorScheme, width });
    await settled(page, CHARTS);
    expect(await keep(page, name, true)).toBeLessThan(LARGEST);
    await close();
  });

  it('are kept: phone', async () => {
    const { page, close } = await world.visit(dashboard, undefined, { width: 390 });
    await settled(page, CHARTS);
    expect(await keep(page, 'phone', false)).toBeLessThan(LARGEST);
    await close();
  });

  it.each([
    ['dependencies-light', 'light'],
    ['dependencies-dark', 'dark'],
  ] as const)('are kept: %s', async (name, colorScheme) => {
    const address = `/dependencies?root=pipeline:${plant.pipeline}&depth=3`;
    const { page, close } = await world.visit(address, undefined, { colorScheme, width: 1280 });
    await page.locator('.graph-canvas canvas').first().waitFor();
    await page.getByText(`${RUNS} runs in the last hour`).first().waitFor();
    await page.getByRole('region', { name: 'Depends on it' }).getByRole('link').first().waitFor();
    expect(await keep(page, name, false)).toBeLessThan(LARGEST);
    await close();
  });

  it('are kept: explorer', async () => {
    const address = `/explorer?topic=${encodeURIComponent(MOTOR)}`;
    const { page, close } = await world.visit(address, undefined, { width: 1280 });
    await page.locator('.chart-canvas canvas').waitFor();
    await page.getByText('361', { exact: true }).first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await keep(page, 'explorer', false)).toBeLessThan(LARGEST);
    await close();
  });
});
