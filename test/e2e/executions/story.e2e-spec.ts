import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { OrderServer, type Order } from './order-server';
import { create, pipelineOf, type TestNode } from './pipelines';

/** More than the server takes of one item: its order is refused. */
const TOO_MANY = 500;
const ITEMS = [3, 7, TOO_MANY, 12, 5].map((quantity, index) => ({ item: `item-${index}`, quantity }));
const BAD = 2;
const NODES = ['hook', 'enough', 'each', 'prepare', 'publish', 'order', 'done', 'summary'];

/** A story: orders come by a webhook, each is computed, published and sent on. One of them is refused. */
describe('orders that come by a webhook', () => {
  let app: TestApp;
  let api: ApiClient;
  let server: OrderServer;
  let call: { connectionId: string; functionId: string };

  beforeAll(async () => {
    [app, server] = await Promise.all([createTestApp({ roles: ['api', 'worker'] }), new OrderServer().start()]);
    api = app.api(await app.newToken(ALL_SCOPES));
    const config = { baseUrl: server.url };
    const connectionId = (await api.post('/connections', { name: 'Orders', protocol: 'rest', config })).body.data.id;
    const functionId = (
      await api.post(`/connections/${connectionId}/functions`, {
        name: 'Place order',
        type: 'rest.post',
        config: { path: '/orders', body: { item: '((item))', quantity: '((quantity))' } },
        parameters: [
          { name: 'item', type: 'string' },
          { name: 'quantity', type: 'number' },
        ],
      })
    ).body.data.id;
    call = { connectionId, functionId };
  });

  beforeEach(() => {
    server.orders.length = 0;
    server.largest = 100;
  });

  afterAll(() => Promise.all([app.stop(), server.stop()]));

  const data = async (path: string) => {
    const answer = await api.get(`/engine/executions/${path}`);
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body.data;
  };

  /** What the pipeline computes of an order; the repaired one orders no more than the server takes. */
  const prepare = (quantity: string): TestNode => ({
    name: 'Prepare',
    type: 'code.javascript',
    parameters: { code: `return { item: $item.item, quantity: ${quantity}, tag: Math.random() };` },
  });

  function nodesOf(topic: string, path: string, stopOnError: boolean, quantity = '$item.quantity') {
    const sourceArray = '$trigger.payload.orders';
    const order = {
      ...call,
      parameters: {
        item: '{{ $node["Prepare"].result.item }}',
        quantity: '{{ $node["Prepare"].result.quantity }}',
      },
    };
    const nodes: TestNode[] = [
      { name: 'Hook', type: 'trigger.webhook', parameters: { path } },
      { name: 'Enough', type: 'flow.condition', parameters: { conditions: [`${sourceArray}.length > 0`] } },
      { name: 'Each', type: 'flow.foreach', parameters: { sourceArray, stopOnError } },
      prepare(quantity),
      {
        name: 'Publish',
        type: 'system.uns.publish',
        parameters: { topic: `${topic}/{{ $item.item }}`, value: '{{ $node["Prepare"].result }}' },
      },
      { name: 'Order', type: 'connector.function', parameters: order },
      { name: 'Done', type: 'flow.endforeach' },
      { name: 'Summary', type: 'code.javascript', parameters: { code: '$input[0].succeeded' } },
      { name: 'Nothing', type: 'flow.stop', parameters: { status: 'failed', message: 'no orders' } },
    ];
    const ways = ['Hook > Enough', 'Enough.true > Each', 'Each > Prepare', 'Prepare > Publish', 'Publish > Order'];
    return pipelineOf(nodes, [...ways, 'Order > Done', 'Done > Summary', 'Enough.false > Nothing']);
  }

  /** Makes the pipeline and sends it the orders; the run when it has ended. */
  async function tell(stopOnError: boolean) {
    const [path, topic] = [`orders-${newId()}`, `mHv1.0/orders/${newId()}`];
    const pipelineId = await create(api, nodesOf(topic, path, stopOnError));
    const answer = await eventually(async () => {
      const tried = await app.stranger.post(`/scheduler/webhooks/${path}`, { orders: ITEMS });
      return tried.status === 200 && tried;
    });
    const failed = await ended(answer.body.data.executionId as string);
    const repair = async () => {
      const { nodes, edges } = nodesOf(topic, path, stopOnError, 'Math.min($item.quantity, 100)');
      expect(await api.patch(`/engine/pipelines/${pipelineId}`, { nodes, edges })).toMatchObject({ status: 200 });
    };
    return { topic, failed, repair };
  }

  const ended = (id: string) =>
    eventually(async () => {
      const execution = await data(id);
      return execution.finishedAt !== null && execution;
    });

  async function retry(id: string, version: 'current' | 'original') {
    const answer = await api.post(`/engine/executions/${id}/retry`, { from: 'failed', version });
    expect(answer).toMatchObject({ status: 201, body: { data: { retryOf: id } } });
    return ended(answer.body.data.id as string);
  }

  /** What stands in the namespace, by item. */
  async function recordsOf(topic: string) {
    const all = await Promise.all(
      ITEMS.map(
        async ({ item }) => (await api.get(`/uns/data/recent?topic=${topic}/${item}&limit=100`)).body.data ?? [],
      ),
    );
    return all.map((records: { value: object }[]) => records.map(({ value }) => value));
  }

  const statusesOf = (index: number): number[] =>
    server.orders.filter(({ item }) => item === `item-${index}`).map(({ status }) => status);

  const iterationsOf = async (id: string, node: string) =>
    (await data(`${id}/nodes/${node}/iterations`)).map(
      ({ iteration, status, reused }: { iteration: string; status: string; reused: boolean }) =>
        `${iteration} ${status}${reused ? ' before' : ''}`,
    );

  /** No effect was made twice: every accepted order has one request, and every request a key of its own. */
  function expectEachOnce(orders: readonly Order[]) {
    const accepted = orders.filter(({ status }) => status === 201).map(({ item }) => item);
    expect(accepted.sort()).toEqual(ITEMS.map(({ item }) => item));
    expect(new Set(orders.map(({ key }) => key)).size).toBe(orders.length);
  }

  it('are told node by node and iteration by iteration', async () => {
    const { failed, topic } = await tell(true);
    expect(failed).toMatchObject({
      status: 'failed',
      trigger: 'webhook',
      error: { nodeId: 'order', nodeName: 'Order', iteration: '2', message: 'The server answered 400' },
    });
    const nodes = await data(`${failed.id}/nodes`);
    // By the milliseconds in which they began, so that some may have the same place.
    const told = nodes.map(({ nodeId, status }: { nodeId: string; status: string }) => `${nodeId} ${status}`);
    expect(told.toSorted()).toEqual([
      'done completed',
      'each failed',
      'enough completed',
      'hook completed',
      'order failed',
      'prepare completed',
      'publish completed',
    ]);
    const times = nodes.map(({ startedAt }: { startedAt: string }) => startedAt);
    expect(times).toEqual(times.toSorted());
    expect(await data(`${failed.id}/nodes/hook`)).toMatchObject({
      output: { method: 'POST', payload: { orders: ITEMS } },
    });
    expect(await data(`${failed.id}/nodes/enough`)).toMatchObject({ ports: ['true'] });
    expect(await iterationsOf(failed.id, 'order')).toEqual(['0 completed', '1 completed', '2 failed']);
    for (const [index, { item, quantity }] of ITEMS.slice(0, BAD + 1).entries()) {
      const at = (node: string) => data(`${failed.id}/nodes/${node}?iteration=${index}`);
      const { output: prepared } = await at('prepare');
      expect(prepared).toEqual({ result: { item, quantity, tag: expect.any(Number) } });
      expect(await at('publish')).toMatchObject({
        input: { topic: `${topic}/${item}`, value: prepared.result },
        output: { topic: `${topic}/${item}`, value: prepared.result, quality: 'good' },
      });
      const order = await at('order');
      expect(order.input.parameters).toEqual({ item, quantity });
      if (index < BAD) expect(order.output.data).toMatchObject({ status: 201, body: { accepted: item } });
      else expect(order.error.details).toMatchObject({ status: 400, body: { refused: item } });
    }
    expect((await api.get(`/engine/executions/${failed.id}/nodes/summary`)).status).toBe(404);
  });

  it('go on from the refused one with the repaired pipeline', async () => {
    const { failed, topic, repair } = await tell(true);
    const before = await recordsOf(topic);
    expect(before.map(({ length }) => length)).toEqual([1, 1, 1, 0, 0]);
    await repair();
    const retried = await retry(failed.id, 'current');
    expect(retried).toMatchObject({
      status: 'completed',
      trigger: 'retry',
      pipelineVersion: Number(failed.pipelineVersion) + 1,
    });
    expectEachOnce(server.orders);
    expect(statusesOf(BAD)).toEqual([400, 201]);
    expect(server.orders.at(-3)).toMatchObject({ item: `item-${BAD}`, quantity: 100 });
    const after = await recordsOf(topic);
    expect(after.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
    expect(after.slice(0, BAD + 1)).toEqual(before.slice(0, BAD + 1));
    expect(await iterationsOf(retried.id, 'order')).toEqual([
      '0 completed before',
      '1 completed before',
      '2 completed',
      '3 completed',
      '4 completed',
    ]);
    expect(await iterationsOf(retried.id, 'publish')).toEqual([
      '0 completed before',
      '1 completed before',
      '2 completed before',
      '3 completed',
      '4 completed',
    ]);
    expect(await data(`${retried.id}/nodes/summary`)).toMatchObject({ output: { result: ITEMS.length } });
    const nodes = (await data(`${retried.id}/nodes`)).map(({ nodeId }: { nodeId: string }) => nodeId);
    expect(nodes.toSorted()).toEqual(NODES.toSorted());
  });

  it('go on from the refused one when the server takes it, with the version that ran', async () => {
    const { failed, topic, repair } = await tell(true);
    await repair();
    server.largest = TOO_MANY;
    const retried = await retry(failed.id, 'original');
    expect(retried).toMatchObject({ status: 'completed', pipelineVersion: failed.pipelineVersion });
    expectEachOnce(server.orders);
    expect(server.orders.filter(({ item }) => item === `item-${BAD}`).map(({ quantity }) => quantity)).toEqual([
      TOO_MANY,
      TOO_MANY,
    ]);
    expect((await recordsOf(topic)).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
    // What only computes is computed again, from the same clock and seed: the order is that which was published.
    const tagOf = async (id: string) => (await data(`${id}/nodes/prepare?iteration=${BAD}`)).output.result.tag;
    expect(await tagOf(retried.id)).toBe(await tagOf(failed.id));
  });

  it.each(['current', 'original'] as const)(
    'are gone through to the end, and the refused one is made up for (%s)',
    async (version) => {
      const { failed, topic, repair } = await tell(false);
      expect(failed).toMatchObject({ status: 'completed_with_errors' });
      expect(await iterationsOf(failed.id, 'order')).toEqual([
        '0 completed',
        '1 completed',
        '2 failed',
        '3 completed',
        '4 completed',
      ]);
      expect(await data(`${failed.id}/nodes/each`)).toMatchObject({
        output: { succeeded: 4, failed: 1, results: { [BAD]: { error: { message: 'The server answered 400' } } } },
      });
      if (version === 'current') await repair();
      else server.largest = TOO_MANY;
      const retried = await retry(failed.id, version);
      expect(retried).toMatchObject({ status: 'completed' });
      expect(server.orders).toHaveLength(ITEMS.length + 1);
      expectEachOnce(server.orders);
      expect((await recordsOf(topic)).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
      expect(await data(`${retried.id}/nodes/summary`)).toMatchObject({ output: { result: ITEMS.length } });
    },
  );

  it('are begun anew by a retry from the start', async () => {
    const { failed, topic } = await tell(true);
    server.largest = TOO_MANY;
    const answer = await api.post(`/engine/executions/${failed.id}/retry`, { from: 'start' });
    await eventuallyPasses(async () => expect(await data(answer.body.data.id)).toMatchObject({ status: 'completed' }));
    expect([0, 1, 2, 3, 4].map(statusesOf)).toEqual([[201, 201], [201, 201], [400, 201], [201], [201]]);
    expect((await recordsOf(topic)).map(({ length }) => length)).toEqual([2, 2, 2, 1, 1]);
  });
});
