import type { Page } from 'playwright-core';
import { createTestApp, describeWithServers, screenshot, TestBrowser, type TestApp, type TestUser } from '#testing';
import { signIn, WebApplication } from './sign-in';

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 360 },
] as const;

describeWithServers(['chromium'], 'the pages of signing in', () => {
  let app: TestApp;
  let browser: TestBrowser;
  let application: WebApplication;
  let user: TestUser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([createTestApp(), TestBrowser.launch()]);
    application = await WebApplication.start(app);
  });
  beforeEach(async () => void (user = await app.newUser('editor')));
  afterAll(async () => {
    await browser.close();
    application.stop();
    await app.stop();
  });

  const start = (page: Page, over?: Record<string, string>) => page.goto(application.address(over));
  const overflows = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  /** The browser moves the focus by itself some time after it has loaded a page. */
  const focusIs = (page: Page, id: string) => page.locator(`#${id}:focus`).waitFor();
  const focused = (page: Page) =>
    page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');

  it.each(LOOKS)('fit the screen: $colorScheme, $width px', async (look) => {
    const { page, problems, close } = await browser.open(look);
    const name = (of: string): string => `${of}-${look.colorScheme}-${look.width}`;
    const seen: [name: string, overflows: unknown][] = [];
    const show = async (of: string): Promise<void> => {
      seen.push([of, await overflows(page)]);
      await screenshot(page, name(of));
    };
    await start(page);
    await show('sign-in');
    await signIn(page, { ...user, password: 'wrong' });
    await page.getByRole('alert').waitFor();
    await show('sign-in-refused');
    await signIn(page, user);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await show('consent');
    await page.getByRole('button', { name: 'Deny' }).click();
    await application.told(page);
    await start(page, { redirect_uri: 'https://evil.example/callback' });
    await show('error');
    expect(seen.filter(([, tooWide]) => tooWide !== false)).toEqual([]);
    // Refusals answer 400 and 401, which the console counts among errors.
    expect(problems.filter((problem) => !/status of (400|401)/.test(problem))).toEqual([]);
    await close();
  });

  it('are used by keyboard alone', async () => {
    const { page, close } = await browser.open();
    await start(page);
    await focusIs(page, 'email');
    await page.keyboard.type(user.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(user.password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    for (let steps = 0; steps < 10 && (await focused(page)) !== 'Allow'; steps++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const answer = await application.told(page);
    expect([answer.get('state'), answer.get('code')]).toEqual(['xyz', expect.any(String)]);
    await close();
  });

  it('move the focus to what went wrong, and keep the address that was typed', async () => {
    const { page, close } = await browser.open();
    await start(page);
    await signIn(page, { ...user, password: 'wrong' });
    await page.getByRole('alert').waitFor();
    await focusIs(page, 'problem');
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(user.email);
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    expect(await page.title()).toMatch(/^Error/);
    await close();
  });

  it('tell the application when the user denies it, or leaves', async () => {
    const { page, close } = await browser.open();
    await start(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect((await application.told(page)).get('error')).toBe('access_denied');
    await start(page);
    await signIn(page, user);
    await page.getByRole('button', { name: 'Deny' }).click();
    expect((await application.told(page)).get('error')).toBe('access_denied');
    await close();
  });

  it('give every field and button a name', async () => {
    const { page, close } = await browser.open();
    await start(page);
    expect(await page.locator('main').ariaSnapshot()).toMatch(/textbox "E-mail address"[^]*textbox "Password"/);
    await signIn(page, user);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    const tree = await page.locator('body').ariaSnapshot();
    expect(tree).toMatch(/heading "Allow Line viewer\?" \[level=1\]/);
    expect(tree).not.toMatch(/- (textbox|button|link)(:|$)/m);
    await close();
  });
});
