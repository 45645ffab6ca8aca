import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run } from './pipelines';

describe('a run', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('goes from its trigger to its end, and gives what the last node gave', async () => {
    const set = {
      fields: [{ name: 'double', value: '{{ $trigger.payload.value * 2 }}', type: 'number' }],
      include: 'none',
    };
    const id = await create(api, pipelineOf([MANUAL, { name: 'Double', type: 'transform.set', parameters: set }]));
    expect(await run(api, id, { value: 21 })).toMatchObject({
      status: 'completed',
      output: { double: 42 },
      error: null,
    });
  });

  it('takes the way that a condition says', async () => {
    const nodes = [
      MANUAL,
      { name: 'Hot', type: 'flow.condition', parameters: { conditions: ['$trigger.payload.value > 30'] } },
      { name: 'Alarm', type: 'code.javascript', parameters: { code: '"alarm"' } },
      { name: 'Fine', type: 'code.javascript', parameters: { code: '"fine"' } },
    ];
    const id = await create(api, pipelineOf(nodes, ['Start > Hot', 'Hot.true > Alarm', 'Hot.false > Fine']));
    expect(await run(api, id, { value: 31 })).toMatchObject({ output: { result: 'alarm' } });
    expect(await run(api, id, { value: 29 })).toMatchObject({ output: { result: 'fine' } });
  });

  it('runs the body of a loop for every item', async () => {
    const nodes = [
      MANUAL,
      { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: '$trigger.payload.items' } },
      { name: 'Square', type: 'code.javascript', parameters: { code: '$item * $item + $index' } },
      { name: 'End', type: 'flow.endforeach' },
    ];
    const id = await create(api, pipelineOf(nodes));
    const { status, output } = await run(api, id, { items: [1, 2, 3] });
    expect([status, output]).toEqual([
      'completed',
      { results: [{ result: 1 }, { result: 5 }, { result: 11 }], succeeded: 3, failed: 0 },
    ]);
  });

  it('fails with the node and the reason', async () => {
    const nodes = [MANUAL, { name: 'Bad', type: 'code.javascript', parameters: { code: 'throw new Error("no")' } }];
    const id = await create(api, pipelineOf(nodes));
    const { status, error } = await run(api, id);
    expect([status, error.nodeName]).toEqual(['failed', 'Bad']);
    expect(error.message).toContain('no');
  });
});
