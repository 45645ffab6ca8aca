import { newId, type JsonValue } from '#kernel';
import { emit } from '#pipelines';
import { createTestApp, type TestApp } from '#testing';
import type { ClaimedRun } from '../../../libs/executions/src/runs/claimed-run';
import { WorkerServices } from '../../../libs/executions/src/runs/worker-services';

describe('what a node keeps between runs', () => {
  let app: TestApp;

  beforeAll(async () => void (app = await createTestApp({ roles: ['api', 'worker'] })));
  afterAll(() => app.stop());

  it('is changed once, however often the commit that changed it was not answered', async () => {
    const { organizationId } = app;
    const run = { id: newId(), organizationId, pipelineId: newId(), fence: 1 } as ClaimedRun;
    await app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO open_executions (id, organization_id, pipeline_id, created_at, priority, state, fence, lease_until)
         VALUES ($1, $2, $3, now(), 2, 'running', 1, now() + interval '1 hour')`,
        [run.id, organizationId, run.pipelineId],
      ),
    );
    const services = app.nest.get(WorkerServices, { strict: false }).for(run);
    const count = (iteration: string) =>
      services.withState(
        'buffer',
        iteration,
        (state) => {
          const next = Number(state ?? 0) + 1;
          return { state: next, result: emit(next) };
        },
        (result) => ({ emissions: result.kind === 'emit' ? result.emissions : [], attempts: 1 }),
      );
    const valueOf = async (iteration: string): Promise<JsonValue | undefined> => {
      const { result } = await count(iteration);
      return result.kind === 'emit' ? result.emissions[0]?.value : undefined;
    };
    expect(await valueOf('0')).toBe(1);
    expect(await valueOf('0')).toBe(1);
    expect(await valueOf('1')).toBe(2);
  });
});
