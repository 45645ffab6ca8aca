import { connectAsync } from 'mqtt';
import type { Page } from 'playwright-core';
import {
  createTestApp,
  TestBrowser,
  type ApiClient,
  type PageOptions,
  type TestApp,
  type TestPage,
  type TestUser,
} from '#testing';
import { signIn } from './sign-in';

/** The platform with the web pages and MQTT, and a browser. */
export class PageWorld {
  private constructor(
    readonly app: TestApp,
    readonly api: ApiClient,
    private readonly browser: TestBrowser,
  ) {}

  static async start(): Promise<PageWorld> {
    const [app, browser] = await Promise.all([createTestApp({ roles: ['api', 'uns'] }), TestBrowser.launch()]);
    return new PageWorld(app, app.api(await app.signIn()), browser);
  }

  /** A browser of its own, which somebody signs in with on the way to an address of the pages. */
  async visit(path: string, user: Omit<TestUser, 'id'> = this.app.admin, options?: PageOptions): Promise<TestPage> {
    const visit = await this.browser.open(options);
    await visit.page.goto(this.app.url + path);
    await signIn(visit.page, user);
    return visit;
  }

  /** One without anybody. */
  open = (options?: PageOptions): Promise<TestPage> => this.browser.open(options);

  async publishByMqtt(topic: string, value: unknown): Promise<void> {
    const password = await this.app.newToken(['uns:publish']);
    const client = await connectAsync(this.app.mqttUrl, { username: this.app.organizationId, password });
    await client.publishAsync(topic, JSON.stringify(value), { qos: 1 });
    await client.endAsync();
  }

  /** The id of a new dashboard. */
  async newDashboard(dashboard: object): Promise<string> {
    const { status, body, text } = await this.api.post('/uns/dashboards', dashboard);
    if (status !== 201) throw new Error(`a new dashboard was answered ${status}: ${text}`);
    return (body as { data: { id: string } }).data.id;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.app.stop();
  }
}

export const overflows = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** All panels have what they show: charts are drawn, and nothing is being loaded any more. */
export async function settled(page: Page, charts: number): Promise<void> {
  await page.locator('.panel').first().waitFor();
  await page.locator('.shimmer').first().waitFor({ state: 'hidden' });
  await page
    .locator('.chart-canvas canvas')
    .nth(charts - 1)
    .waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
}
