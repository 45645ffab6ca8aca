import { createTestApp, type TestApp } from '#testing';

describe('an address that is refused over and over', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '3' } });
  });
  afterEach(() => app.stop());

  const client = () => new URLSearchParams({ grant_type: 'client_credentials', client_id: 'a', client_secret: 'b' });

  it.each<[string, (guess: number) => Promise<{ status: number }>]>([
    ['tokens', (guess) => app.api(`mh_pat_${guess}`).get('/auth/me')],
    ['passwords of many accounts', (guess) => app.stranger.post('/auth/login', { email: `${guess}@a`, password: 'x' })],
    ['client secrets', () => app.stranger.post('/oauth2/token', client())],
  ])('with guessed %s is held up everywhere, before anything else', async (_, guess) => {
    for (let i = 0; i < 3; i++) expect((await guess(i)).status).toBe(401);
    const answers = [
      await app.stranger.get('/uns/topics'),
      await app.stranger.post('/auth/login', '{'),
      await app.stranger.post('/oauth2/token', client()),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(429);
      expect(answer.body).toEqual({ error: 'too_many_requests', message: 'Too many requests' });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });
});
