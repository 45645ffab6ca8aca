import { Controller, Get, Logger, Param, Res } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response as ExpressResponse } from 'express';
import { conflict, DomainError, invalid, notFound, unavailable, type ErrorKind } from '#kernel';
import { AnswersRaw, Public } from './routes';
import { STATUS_OF } from './error.filter';
import { startHttp } from './test-http';

const THROWN: Record<string, unknown> = {
  invalid: invalid({ field: 'name', message: 'Name is required' }),
  twice: invalid({ field: 'a', message: 'A is required' }, { field: 'b', message: 'B is required' }),
  missing: notFound('Topic'),
  taken: conflict('Name is taken', { dependents: [] }),
  down: unavailable('The database does not answer'),
  soon: new DomainError('too_many_requests', 'Too many requests', undefined, 1.2),
  deadlock: Object.assign(new Error('deadlock detected'), { code: '40P01', query: 'SELECT secret' }),
  bug: Object.assign(new Error('password=secret'), { query: 'SELECT secret' }),
  text: 'secret',
  nothing: undefined,
};

@Controller()
class ThrowingController {
  @Get('throw/:what')
  @Public()
  @AnswersRaw()
  throw(@Param('what') what: string): never {
    throw THROWN[what];
  }

  @Get('kind/:kind')
  @Public()
  @AnswersRaw()
  kind(@Param('kind') kind: ErrorKind): never {
    throw new DomainError(kind, 'No');
  }

  @Get('half')
  @Public()
  @AnswersRaw()
  half(@Res() response: ExpressResponse): never {
    response.write('half of ');
    throw new Error('secret');
  }
}

describe('ErrorFilter', () => {
  let app: NestExpressApplication;
  let logged: unknown[];

  beforeAll(async () => {
    app = await startHttp([ThrowingController]);
  });

  afterAll(() => app.close());

  beforeEach(() => {
    logged = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((...args: unknown[]) => void logged.push(args[0]));
  });

  afterEach(() => jest.restoreAllMocks());

  const get = async (path: string): Promise<Response> => fetch(`${await app.getUrl()}/${path}`);

  it.each([
    ['throw/invalid', 400, { error: 'bad_request', message: 'Name is required' }],
    [
      'throw/twice',
      400,
      {
        error: 'bad_request',
        message: 'A is required',
        details: [
          { field: 'a', message: 'A is required' },
          { field: 'b', message: 'B is required' },
        ],
      },
    ],
    ['throw/missing', 404, { error: 'not_found', message: 'Topic not found' }],
    ['throw/taken', 409, { error: 'conflict', message: 'Name is taken', details: { dependents: [] } }],
    [
      'throw/deadlock',
      503,
      { error: 'unavailable', message: 'Others were changing the same at this moment; send it again' },
    ],
    ['nowhere', 404, { error: 'not_found', message: 'Route not found' }],
    ['throw', 404, { error: 'not_found', message: 'Route not found' }],
  ])('%s: %s', async (path, status, body) => {
    const answer = await get(path);
    expect([answer.status, await answer.json()]).toEqual([status, body]);
    expect(logged).toEqual([]);
  });

  it.each(Object.entries(STATUS_OF))('%s is %s', async (kind, status) => {
    expect((await get(`kind/${kind}`)).status).toBe(status);
  });

  it.each([
    ['down', '5'],
    ['soon', '2'],
  ])('says when to come back: %s', async (what, seconds) => {
    expect((await get(`throw/${what}`)).headers.get('retry-after')).toBe(seconds);
  });

  it.each(['kind/maintenance', 'kind/unavailable', 'kind/too_many_requests'])(
    'says when to come back even where nobody knows: %s',
    async (path) => {
      expect(Number((await get(path)).headers.get('retry-after'))).toBeGreaterThan(0);
    },
  );

  it.each(['bug', 'text', 'nothing'])('hides what is inside a failure, and logs it: %s', async (what) => {
    const answer = await get(`throw/${what}`);
    const id = answer.headers.get('x-request-id')!;
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: 'internal', message: `Internal error; request id ${id}` },
    ]);
    expect(logged).toEqual([THROWN[what]]);
  });

  it('breaks off an answer that had begun, and logs why', async () => {
    await expect(get('half').then((answer) => answer.text())).rejects.toThrow();
    expect(logged).toHaveLength(1);
  });

  it('answers an address that is no UTF-8', async () => {
    expect((await get('throw/%E0%A4%A')).status).toBe(400);
  });
});
