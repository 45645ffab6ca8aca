import { startStrangePostgres, type StrangePostgres } from '#testing';
import { postgresBackend } from './postgres-backend';

/** Seconds that a worker waits for a job. */
const BLOCK = 1;

describe('a queue whose server stops in the moment in which it lets somebody in', () => {
  let server: StrangePostgres;
  let backend: ReturnType<typeof postgresBackend>;

  beforeEach(async () => {
    server = await startStrangePostgres('stops');
    backend = postgresBackend('jobs', { connection: { connectionString: server.url } });
    backend.on('error', () => undefined);
  });

  afterEach(async () => {
    await backend.close();
    server.stop();
  });

  it('fails what waits for jobs, ends no process, and is asked anew the next time', async () => {
    for (const times of [1, 2]) {
      await expect(backend.waitForJob(BLOCK)).rejects.toThrow(/terminat|not queryable/);
      expect(server.taken).toBe(times);
    }
  });

  it('is asked for its tables until it has told', async () => {
    for (const times of [1, 2]) {
      await expect(backend.waitUntilReady()).rejects.toThrow(/terminat|not queryable/);
      expect(server.taken).toBe(times);
    }
  });
});
