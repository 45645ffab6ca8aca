import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { createTestApp, type TestApp } from '#testing';

interface Raw {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

describe('the files of the web pages', () => {
  let app: TestApp;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  /** Without unpacking what is packed, as `fetch` would. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> =>
    new Promise((resolve, reject) => {
      const asked = request(app.url + path, { headers, method }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      asked.on('error', reject).end();
    });

  const scriptPath = async (): Promise<string> => {
    const { body } = await ask('/dashboards');
    return /src="(\/assets\/main-[\w-]+\.js)"/.exec(body.toString())![1]!;
  };

  it.each([
    '/dashboards',
    '/dashboards/0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d',
    '/explorer',
    '/signed-in',
    '/signed-out',
  ])('are one document at %s', async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(headers['content-security-policy']).toContain(`default-src 'self'; script-src 'self'; style-src 'self'`);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['set-cookie']).toBeUndefined();
    expect(body.toString()).not.toMatch(/<script(?! type="module" src="\/assets)|<style|\son\w+=|__\w+__/);
  });

  it('are packed for whoever can unpack them', async () => {
    const path = await scriptPath();
    const plain = await ask(path);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: expect.stringContaining('Accept-Encoding'),
      'x-content-type-options': 'nosniff',
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const br = await ask(path, { 'Accept-Encoding': 'gzip, deflate, br' });
    const gzip = await ask(path, { 'Accept-Encoding': 'gzip;q=1, br;q=0' });
    expect([br.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip']);
    expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  });

  it('are not sent again to those who have them', async () => {
    const { headers } = await ask('/dashboards');
    const again = await ask('/dashboards', { 'If-None-Match': headers.etag as string });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('answer HEAD without a body', async () => {
    const { status, headers, body } = await ask('/dashboards', {}, 'HEAD');
    expect([status, Number(headers['content-length']) > 0, body.length]).toEqual([200, true, 0]);
  });

  it.each(['/assets/none.js', '/assets/..%2findex.html', '/index.html', '/dashboards/a/b', '/explorer/a'])(
    'are not at %s',
    async (path) => {
      const { status, body } = await ask(path);
      expect([status, JSON.parse(body.toString()).error]).toEqual([404, 'not_found']);
    },
  );

  it('take no POST', async () => {
    expect((await ask('/dashboards', {}, 'POST')).status).toBe(404);
  });

  it('begin at the root', async () => {
    const { status, headers } = await ask('/');
    expect([status, headers.location]).toEqual([302, '/dashboards']);
  });

  it('know where HUB_PUBLIC_URL says they are', async () => {
    const settings = { DATABASE_URL: app.config.database.url, HUB_PUBLIC_URL: 'https://hub.example.com' };
    const other = await createTestApp({ settings });
    try {
      const page = await (await fetch(`${other.url}/dashboards`)).text();
      expect(page).toContain('{&quot;url&quot;:&quot;https://hub.example.com&quot;');
    } finally {
      await other.stop();
    }
  });
});
