import { Redis } from 'ioredis';
import { describeWithServers, startServer, type RunningServer } from '#testing';
import { CrashWorld } from './crash-world';
import { ExecutionRounds, type Seen } from './execution-round';
import { STEPS } from './execution-steps';

jest.setTimeout(300_000);

const ACCIDENTS = ['emptied', 'killed'] as const;

describeWithServers(['mosquitto', 'redis'], 'a run at any of its steps, with the queue in Redis', () => {
  const steps = STEPS.filter(({ byQueueTables }) => !byQueueTables);
  let world: CrashWorld;
  let redis: RunningServer;
  let rounds: ExecutionRounds;
  let undisturbed: Map<string, Seen>;

  beforeAll(async () => {
    redis = await startServer('redis');
    world = await CrashWorld.start({ redisUrl: redis.url });
    rounds = await ExecutionRounds.prepare(world, steps);
    undisturbed = await rounds.undisturbed();
  });

  afterAll(async () => {
    await world.stop();
    await redis.stop();
  });

  const happens = {
    emptied: async (): Promise<void> => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
    /** It keeps nothing: what comes back is empty. */
    killed: async (): Promise<void> => {
      await redis.stop('SIGKILL');
      redis = await startServer('redis', { port: redis.port });
    },
  };

  describe.each(ACCIDENTS)('when Redis is %s', (accident) => {
    let seen: Map<string, Seen>;

    beforeAll(async () => {
      seen = await rounds.disturbed(async () => {
        await happens[accident]();
        world.workers[0]!.thaw();
        await world.letGo();
      });
    });

    it.each(steps)('ends as if nothing had happened: $title', ({ id }) => {
      expect(seen.get(id)).toEqual(undisturbed.get(id));
    });
  });
});
