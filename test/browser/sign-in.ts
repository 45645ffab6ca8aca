import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { TestApp } from '#testing';

export const SCOPES = ['openid', 'uns:read', 'uns:publish:mHv1.0/factory/line-1/#', 'pipelines:read'];

/** A web application of another site that sends people to the platform to sign in. */
export class WebApplication {
  private readonly server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><link rel="icon" href="data:,"><p>Signed in');
  });
  private clientId = '';

  /** Registers it: as a confidential one, so that no test needs a verifier. */
  static async start(app: TestApp): Promise<WebApplication> {
    const application = new WebApplication(app);
    await new Promise<void>((resolve) => void application.server.listen(0, '127.0.0.1', resolve));
    const answer = await app.api(await app.signIn()).post('/oauth2/clients', {
      name: 'Line viewer',
      type: 'confidential',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [application.callback],
      scopes: ['openid', 'uns:read', 'uns:publish', 'pipelines:read'],
    });
    if (answer.status !== 201) throw new Error(`a new client was answered ${answer.status}: ${answer.text}`);
    application.clientId = answer.body.data.clientId as string;
    return application;
  }

  private constructor(private readonly app: TestApp) {}

  get callback(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}/callback`;
  }

  /** Where it sends its users to sign in. */
  address(over: Record<string, string> = {}): string {
    const fields = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.callback,
      scope: SCOPES.join(' '),
      state: 'xyz',
      ...over,
    };
    return `${this.app.url}/api/v1/oauth2/authorize?${new URLSearchParams(fields).toString()}`;
  }

  /** What it is told when the browser is back. */
  async told(page: Page): Promise<URLSearchParams> {
    await page.waitForURL(`${this.callback}**`);
    return new URL(page.url()).searchParams;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
