import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findClient } from './outside-server';

const SCREENSHOTS = join(__dirname, '..', '..', '..', 'test-results', 'screenshots');

/** A step that takes longer than this has failed. Nothing is asserted by it: machines stand still for seconds. */
const STEP_MS = 30_000;

export interface PageOptions {
  /** Pixels; a small phone has 360. */
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** A page of its own browser profile, with what went wrong in it and in the windows that it opened. */
export interface TestPage {
  page: Page;
  /** Lines of the console that are errors, violations of the content security policy among them, and exceptions. */
  problems: string[];
  close: () => Promise<void>;
}

/** Debian's Chromium without a window. Use it in a `describeWithServers(['chromium'], …)` block. */
export class TestBrowser {
  private constructor(private readonly browser: Browser) {}

  /** @throws Error with the install line where it is missing. */
  static async launch(): Promise<TestBrowser> {
    // Containers run as root and give little shared memory: neither its sandbox nor /dev/shm would do.
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
    const browser = await chromium.launch({ executablePath: findClient('chromium'), args, timeout: 2 * STEP_MS });
    return new TestBrowser(browser);
  }

  async open({ width = 1280, colorScheme = 'light' }: PageOptions = {}): Promise<TestPage> {
    const context = await this.browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: 'en-GB' });
    context.setDefaultTimeout(STEP_MS);
    const problems: string[] = [];
    context.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => problems.push(String(error.error())));
    return { page: await context.newPage(), problems, close: () => context.close() };
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** Keeps a picture of the whole page in test-results/screenshots, for people to look at. */
export const screenshot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
