import { createTestApp, describeWithServers, screenshot, TestBrowser, type TestApp } from '#testing';

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

  it.each(['/swagger', '/swagger/', '/swagger/index.html'])('loads at %s', async (path) => {
    const { page, problems, close } = await browser.open();
    await page.goto(app.url + path);
    await page.getByText('Personal access tokens').first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('knows its client, and asks for scopes that read', async () => {
    const { page, problems, close } = await browser.open();
    await page.goto(`${app.url}/swagger/index.html`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const flow = page.locator('.auth-container', { hasText: 'authorizationCode' });
    expect(await flow.getByLabel('client_id:').inputValue()).toBe('maestrohub-swagger');
    expect(await flow.getByLabel('uns:read').isChecked()).toBe(true);
    expect(await flow.getByLabel('uns:write').isChecked()).toBe(false);
    await screenshot(page, 'reference-authorize');
    expect(problems).toEqual([]);
    await close();
  });
});
