import { failureOf, problemsOf, runNode } from '../test-call';
import { CallPipelineNode } from './call-pipeline.node';
import { RespondNode } from './respond.node';
import { StopNode } from './stop.node';
import { WaitNode } from './wait.node';

describe('flow.wait', () => {
  const node = new WaitNode();

  it.each([
    [{}, 1_000],
    [{ duration: '750ms' }, 750],
    [{ duration: '5s' }, 5_000],
    [{ duration: 250 }, 250],
    [{ duration: 0.4 }, 1],
    [{ duration: -5 }, 1],
    [{ duration: '25h' }, 86_400_000],
    [{ duration: 1e300 }, 86_400_000],
  ])('%j waits %s ms', async (parameters, milliseconds) => {
    const result = await runNode(node, parameters, { values: [{ a: 1 }] });
    expect(result).toEqual({ kind: 'wait', milliseconds, value: { a: 1 } });
  });

  it.each([
    ['soon', '"soon"'],
    [true, 'true or false'],
    [null, 'nothing'],
    [['5s'], 'an array'],
  ])('refuses %j', async (duration, named) => {
    expect(await failureOf(node, { duration })).toBe(
      `Duration must be a text such as 5s or a number of milliseconds, not ${named}`,
    );
  });

  it.each([
    ['5s', []],
    ['{{ $trigger.ms }}', []],
    ['$.ms', []],
    ['25h', ['duration: Duration must be from 1ms to 24h']],
    ['0s', ['duration: Duration must be from 1ms to 24h']],
    [0, ['duration: Duration must be from 1ms to 24h']],
    ['5', ['duration: Duration must be written like 750ms or 5s']],
    [{}, ['duration: Duration must be written like 750ms or 5s']],
  ])('checks %j', (duration, problems) => {
    expect(problemsOf(node, { duration })).toEqual(problems);
  });
});

it('flow.stop ends the run', async () => {
  expect(await runNode(new StopNode(), {})).toEqual({ kind: 'stop', status: 'completed', message: '' });
  expect(await runNode(new StopNode(), { status: 'failed', message: 'x'.repeat(5_000) })).toEqual({
    kind: 'stop',
    status: 'failed',
    message: 'x'.repeat(1_000),
  });
});

it('flow.pipeline calls a pipeline', async () => {
  const pipelineId = '01890a5d-ac96-774b-bcce-b302099a8059';
  const node = new CallPipelineNode();
  expect(await runNode(node, { pipelineId })).toEqual({ kind: 'call', pipelineId, payload: null, wait: true });
  expect(await runNode(node, { pipelineId, payload: [1], wait: false })).toEqual({
    kind: 'call',
    pipelineId,
    payload: [1],
    wait: false,
  });
});

describe('flow.respond', () => {
  const node = new RespondNode();

  it('answers, and passes on what came in', async () => {
    const headers = { 'X-Order': '7', 'Content-Type': 'text/plain' };
    expect(await runNode(node, { status: 201, headers, body: 'made' }, { values: [1] })).toEqual({
      kind: 'respond',
      status: 201,
      headers,
      body: 'made',
      value: 1,
    });
    expect(await runNode(node, {}, { values: [1] })).toMatchObject({ status: 200, headers: {}, body: null });
  });

  it.each([
    [{ 'X-A': 'a\r\nSet-Cookie: b=1' }, 'Header X-A has characters that no header may have'],
    [{ 'X-A': 'snow ☃' }, 'Header X-A has characters that no header may have'],
    [{ 'Set-Cookie': 'session=1' }, 'Header Set-Cookie cannot be set'],
    [{ 'transfer-encoding': 'chunked' }, 'Header transfer-encoding cannot be set'],
    [{ 'X-A': '1', 'x-a': '2' }, 'Header x-a is given twice'],
  ])('refuses %j', async (headers, message) => {
    expect(await failureOf(node, { headers })).toBe(message);
    expect(problemsOf(node, { headers })[0]).toContain(message);
  });
});
