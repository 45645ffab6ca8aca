import { join } from 'node:path';
import { describeWithServers } from '#testing';
import { expectCommitted, replaceBlock } from '../contract/generated';
import { crashMatrix, repetitionOf, SHORT_OUTAGE_SECONDS, VICTIMS, type Victim } from './crash-matrix';
import { CrashWorld } from './crash-world';
import { ExecutionRounds, type Seen } from './execution-round';
import { STEPS, type Step } from './execution-steps';
import type { HubProcess } from './hub-process';

jest.setTimeout(300_000);

const DOCUMENT = join(__dirname, '../../docs/delivery.md');

describeWithServers(['mosquitto'], 'a run at any of its steps', () => {
  let world: CrashWorld;
  let rounds: ExecutionRounds;
  let undisturbed: Map<string, Seen>;
  let outageSeconds: number;

  beforeAll(async () => {
    world = await CrashWorld.start();
    rounds = await ExecutionRounds.prepare(world, STEPS);
    undisturbed = await rounds.undisturbed();
  });

  afterAll(() => world.stop());

  const restartDatabase = async (): Promise<void> => {
    const killed = performance.now();
    await world.letGo();
    await world.postgres.restart();
    outageSeconds = (performance.now() - killed) / 1_000;
  };

  const restartWorker = async (): Promise<void> => {
    world.workers[0] = await world.newProcess('worker');
  };

  /** Kills, and starts again what was killed. */
  const ACCIDENTS: Record<Victim, () => Promise<void>> = {
    worker: async () => {
      await world.workers[0]!.kill();
      await world.letGo();
      await restartWorker();
    },
    API: async () => {
      await world.api.kill();
      world.workers[0]!.thaw();
      await world.letGo();
      await world.restartApi();
    },
    PostgreSQL: async () => {
      await world.postgres.kill();
      world.workers[0]!.thaw();
      await restartDatabase();
    },
    'worker and PostgreSQL': async () => {
      await Promise.all([world.workers[0]!.kill(), world.postgres.kill()]);
      await restartDatabase();
      await restartWorker();
    },
  };

  /** How often the call outside is to be done whose result was not kept. */
  function timesOf(step: Step, victim: Victim): number[] {
    const repetition = repetitionOf(step, victim);
    if (repetition === 'again') return [2];
    return repetition === 'once' || outageSeconds < SHORT_OUTAGE_SECONDS ? [1] : [1, 2];
  }

  describe.each(VICTIMS)('when the %s is killed', (victim) => {
    let seen: Map<string, Seen>;

    beforeAll(async () => {
      seen = await rounds.disturbed(ACCIDENTS[victim]);
    });

    it.each(STEPS)('ends as if nothing had happened: $title', (step) => {
      const { effects, ...others } = seen.get(step.id)!;
      const { effects: expected, ...undisturbedOthers } = undisturbed.get(step.id)!;
      // Status, runs, called runs, rows of history, values published.
      expect(others).toEqual(undisturbedOthers);
      expect(Object.keys(effects).sort()).toEqual(Object.keys(expected).sort());
      expect(Object.values(effects).filter((times) => times > 1).length).toBeLessThanOrEqual(1);
      if (Object.keys(expected).length > 0)
        expect(timesOf(step, victim)).toContain(Math.max(...Object.values(effects)));
    });
  });

  describe('when the worker stands still, is taken for dead and comes back', () => {
    let seen: Map<string, Seen>;

    beforeAll(async () => {
      const [frozen] = world.workers as [HubProcess];
      seen = await rounds.disturbed(async () => {
        await world.letGo();
        await restartWorker();
        world.outside.release();
        await world.takenFrom(frozen);
        frozen.thaw();
      });
      await frozen.kill();
    });

    it.each(STEPS)('ends as if nothing had happened: $title', ({ id }) => {
      const { effects, ...others } = seen.get(id)!;
      const { effects: expected, ...undisturbedOthers } = undisturbed.get(id)!;
      expect(others).toEqual(undisturbedOthers);
      expect(Object.keys(effects).sort()).toEqual(Object.keys(expected).sort());
      // It was about to make a call when it stopped, or had made one.
      expect(Math.max(0, ...Object.values(effects))).toBeLessThanOrEqual(2);
    });
  });

  it('repeats no effect but where docs/delivery.md says so (npm test -- --update-contract writes it)', () => {
    const matrix = crashMatrix();
    process.stderr.write(`\n${matrix}\n\n`);
    expectCommitted(DOCUMENT, (document) => replaceBlock(document, 'crash matrix', matrix));
  });
});
