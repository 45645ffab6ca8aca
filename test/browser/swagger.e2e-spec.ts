import type { Page } from 'playwright-core';
import { createTestApp, describeWithServers, screenshot, TestBrowser, type TestApp } from '#testing';
import { signIn } from './sign-in';

describeWithServers(['chromium'], 'the API reference in a browser', () => {
  let app: TestApp;
  let browser: TestBrowser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([createTestApp(), TestBrowser.launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
  });

  const authorization = (page: Page) => page.locator('.auth-container', { hasText: 'authorizationCode' });

  async function openAuthorization(page: Page): Promise<void> {
    await page.goto(`${app.url}/swagger/index.html`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
  }

  /** Presses Authorize and gives the window that opens. */
  async function authorize(page: Page): Promise<Page> {
    const [window] = await Promise.all([
      page.waitForEvent('popup'),
      authorization(page)
        .getByRole('button', { name: /^(Authorize|Apply)/ })
        .click(),
    ]);
    return window;
  }

  /** Presses what closes the window: it may be gone before the click is over. */
  async function pressLast(window: Page, name: string): Promise<void> {
    const button = window.getByRole('button', { name });
    await Promise.all([window.waitForEvent('close'), button.click().catch(() => undefined)]);
  }

  it.each(['/swagger', '/swagger/', '/swagger/index.html'])('loads at %s', async (path) => {
    const { page, problems, close } = await browser.open();
    await page.goto(app.url + path);
    await page.getByText('Personal access tokens').first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('knows its client, and asks for scopes that read', async () => {
    const { page, close } = await browser.open();
    await openAuthorization(page);
    const flow = authorization(page);
    expect(await flow.getByLabel('client_id:').inputValue()).toBe('maestrohub-swagger');
    expect(await flow.getByLabel('uns:read').isChecked()).toBe(true);
    expect(await flow.getByLabel('uns:write').isChecked()).toBe(false);
    await screenshot(page, 'reference-authorize');
    await close();
  });

  it('signs somebody in by code and PKCE, and then calls the API', async () => {
    const { page, problems, close } = await browser.open();
    await openAuthorization(page);
    const window = await authorize(page);
    await signIn(window, app.admin);
    await window.getByRole('button', { name: 'Allow' }).waitFor();
    await screenshot(window, 'reference-consent');
    await pressLast(window, 'Allow');
    await authorization(page).getByText('Logout').waitFor();
    const organization = page.locator('.auth-container', { hasText: 'X-Organization-ID' });
    await organization.getByRole('textbox').fill(app.organizationId);
    await organization.getByRole('button', { name: /^(Authorize|Apply)/ }).click();
    await page.getByRole('button', { name: 'Close' }).first().click();

    await page.locator('#operations-tag-UNS_topics').click();
    const topics = page.locator('#operations-UNS_topics-Topics_list');
    await topics.locator('.opblock-summary-control').click();
    await topics.getByRole('button', { name: 'Try it out' }).click();
    const answer = page.waitForResponse((response) => response.url().includes('/uns/topics'));
    await topics.getByRole('button', { name: 'Execute' }).click();
    expect((await answer).status()).toBe(200);
    expect(problems).toEqual([]);
    await close();
  });

  it('says so when the user denies it', async () => {
    const { page, close } = await browser.open();
    const user = await app.newUser('viewer');
    await openAuthorization(page);
    const window = await authorize(page);
    await signIn(window, user);
    await pressLast(window, 'Deny');
    expect(await authorization(page).locator('.errors').innerText()).toContain('access_denied');
    await close();
  });
});
