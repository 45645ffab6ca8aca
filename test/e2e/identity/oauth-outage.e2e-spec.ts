import { unavailable } from '#kernel';
import { createTestApp, type TestApp } from '#testing';

describe('while the database does not answer', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
    jest.spyOn(app.database, 'asSystem').mockRejectedValue(unavailable('The database does not answer'));
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.stop();
  });

  const token = (headers = {}) =>
    app.stranger.post(
      '/oauth2/token',
      new URLSearchParams({ grant_type: 'client_credentials', client_id: 'a', client_secret: 'b' }),
      headers,
    );
  const authorize = (headers = {}) =>
    app.stranger.get('/oauth2/authorize?response_type=code&client_id=a&redirect_uri=https://a.example/', headers);

  it('clients are told to come back', async () => {
    const answers = [await token(), await token({ Accept: 'text/html' }), await authorize()];
    for (const { status, headers, body } of answers) {
      expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('people are told on a page', async () => {
    const { status, text, headers } = await authorize({ Accept: 'text/html' });
    expect([status, text]).toEqual([503, expect.stringContaining('MaestroHub cannot answer at the moment.')]);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  });
});
