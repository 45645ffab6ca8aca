import { startStrangePostgres, type StrangePostgres } from '#testing';
import { serviceDataSource } from './data-source';

describe('a server that stops in the moment in which it lets somebody in', () => {
  let server: StrangePostgres;

  beforeAll(async () => void (server = await startStrangePostgres('stops')));
  afterAll(() => server.stop());

  it('fails what was to be done, and ends no process', async () => {
    const access = { database: { url: server.url }, secretKey: '5e'.repeat(32) };
    const source = serviceDataSource(access, { entities: [], migrations: [] }, 'system', 2);
    await expect(source.initialize()).rejects.toThrow(/terminat|not queryable/);
  });
});
