import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { OutsideHttp } from '../connectors/outside-http';
import { nodesOf } from './node-runner';

describe('connector.function', () => {
  let app: TestApp;
  let api: ApiClient;
  let outside: OutsideHttp;
  let nodes: ReturnType<typeof nodesOf>;
  let connectionId: string;

  beforeAll(async () => {
    [app, outside] = await Promise.all([createTestApp(), new OutsideHttp().start()]);
    api = app.api(await app.newToken(ALL_SCOPES));
    nodes = nodesOf(app);
    const config = { baseUrl: outside.url };
    connectionId = (await api.post('/connections', { name: 'MES', protocol: 'rest', config })).body.data.id;
  });

  afterAll(() => Promise.all([app.stop(), outside.stop()]));

  const functionOf = async (path: string, type = 'rest.post'): Promise<string> => {
    const parameters = [{ name: 'id', type: 'string', default: 'x' }];
    const request = { name: newId(), type, config: { path }, parameters };
    return (await api.post(`/connections/${connectionId}/functions`, request)).body.data.id;
  };

  const run = (functionId: string, more: object = {}, call: object = {}) =>
    nodes.run('connector.function', { connectionId, functionId, ...more }, call);

  it('gives the envelope of the function, and its effect has one key', async () => {
    const functionId = await functionOf('/echo/((id))');
    const call = { effectKey: 'execution/node/0.1' };
    expect(await run(functionId, { parameters: { id: 'a/b' } }, call)).toMatchObject({
      kind: 'emit',
      emissions: [
        { port: 'out', value: { success: true, functionId, data: { status: 200, body: { url: '/echo/a%2Fb' } } } },
      ],
    });
    expect(outside.last.headers['idempotency-key']).toBe('execution/node/0.1');
  });

  it.each([
    ['503', true],
    ['429', true],
    ['422', false],
  ])('fails by status %s, to be tried again or not', async (status, retryable) => {
    await expect(run(await functionOf(`/status/${status}`))).rejects.toMatchObject({
      name: 'NodeError',
      message: `The server answered ${status}`,
      retryable,
      details: { status: Number(status) },
    });
  });

  it('ends in its time, and with its run', async () => {
    const functionId = await functionOf('/slow');
    await expect(run(functionId, { timeoutMs: 50 })).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 50 ms'),
      retryable: true,
    });
    const run2 = new AbortController();
    const cancelled = run(functionId, {}, { signal: run2.signal });
    run2.abort();
    await expect(cancelled).rejects.toMatchObject({ message: 'The call was cancelled', retryable: false });
  });

  it('is not tried again with parameters that do not fit, or where nothing is', async () => {
    const functionId = await functionOf('/echo');
    await expect(run(functionId, { parameters: { other: 1 } })).rejects.toMatchObject({
      name: 'NodeError',
      message: 'Parameter other is not known',
      retryable: false,
    });
    await expect(run(newId())).rejects.toMatchObject({ message: 'Function not found', retryable: false });
  });

  it('is checked before anything runs, in its own organization', async () => {
    const functionId = await functionOf('/echo');
    const check = (parameters: { [name: string]: string }, organizationId = app.organizationId) =>
      nodes.find('connector.function').checkReferences!(parameters, organizationId);
    const notFound = (field: string, entity: string) => [{ field, message: `${entity} not found` }];
    expect(await check({ connectionId, functionId })).toEqual([]);
    expect(await check({ connectionId, functionId: '{{ $input[0] }}' })).toEqual([]);
    expect(await check({ connectionId, functionId: newId() })).toEqual(notFound('functionId', 'Function'));
    expect(await check({ connectionId: newId(), functionId })).toEqual(notFound('connectionId', 'Connection'));
    expect(await check({ connectionId, functionId }, await app.newOrganization())).toEqual(
      notFound('connectionId', 'Connection'),
    );
  });
});
