import { addLogFields, createPino, currentLogFields, NestLogger, withLogFields, withoutSecrets } from './logger';

interface Line {
  level: number;
  msg?: string;
  context?: string;
  data?: unknown;
  err?: { type: string; message: string; stack: string };
  [field: string]: unknown;
}

function newLogger(level = 'trace') {
  const text: string[] = [];
  const pino = createPino({ level, format: 'json' }, { write: (line) => void text.push(line) });
  const lines = (): Line[] => text.map((line) => JSON.parse(line) as Line);
  return { pino, nest: new NestLogger(pino), lines, text: () => text.join('') };
}

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

describe('withoutSecrets', () => {
  it.each([
    ['token mh_pat_0qD8bX3k refused', 'token [redacted] refused'],
    ['mh_session_abc and mh_secret_def', '[redacted] and [redacted]'],
    [`Bearer ${JWT}`, 'Bearer [redacted]'],
    ['connect postgres://hub:s3cret@db:5432/hub failed', 'connect postgres://hub:[redacted]@db:5432/hub failed'],
    ['redis://:s3cret@host', 'redis://:[redacted]@host'],
    ['mqtt://u:s3:cr@et@host, mqtt://v:other@host', 'mqtt://u:[redacted]@host, mqtt://v:[redacted]@host'],
    ['postgres://me@corp:s3cret@host/db', 'postgres://me@corp:[redacted]@host/db'],
    ['http://host:8080/a@b and mail@example.com', 'http://host:8080/a@b and mail@example.com'],
    ['12:30 @ line 1', '12:30 @ line 1'],
  ])('%s', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });
});

describe('createPino', () => {
  const SECRET = 'do-not-print';

  it.each([
    ['password', {}],
    ['token', {}],
    ['accessToken', {}],
    ['access_token', {}],
    ['refreshToken', {}],
    ['refresh_token', {}],
    ['clientSecret', {}],
    ['client_secret', {}],
    ['secret', {}],
    ['authorization', {}],
    ['cookie', {}],
  ])('leaves out what is called %s, down to four levels', (name) => {
    const { pino, nest, text } = newLogger();
    const secret = { [name]: SECRET };
    pino.info(secret);
    pino.info({ request: { headers: secret } });
    pino.info({ a: { b: { c: secret } } });
    nest.error({ request: { headers: secret } }, undefined, 'Test');
    nest.log([{ user: secret }], 'Test');
    expect(text()).not.toContain(SECRET);
    expect(text().match(/\[redacted\]/g)).toHaveLength(5);
  });

  it('leaves secrets out of the text of lines, errors and their causes', () => {
    const { pino, nest, text } = newLogger();
    const address = `postgres://hub:${SECRET}@db/hub`;
    pino.warn(`no answer from ${address}`);
    pino.warn({ a: 1 }, 'no answer from %s', address);
    nest.error(new Error(`no answer from ${address}`, { cause: new Error(address) }), undefined, 'Test');
    nest.error('failed', new Error(address).stack, 'Test');
    expect(text()).not.toContain(SECRET);
  });

  it('tells type, message and stack of an error, and nothing it carries along', () => {
    const { nest, lines } = newLogger();
    nest.error(Object.assign(new TypeError('wrong'), { query: 'SELECT 1', parameters: ['x'] }), undefined, 'Test');
    const [line] = lines();
    expect(line).toMatchObject({ context: 'Test', msg: 'wrong', err: { type: 'TypeError', message: 'wrong' } });
    expect(Object.keys(line!.err!)).toEqual(['type', 'message', 'stack']);
  });

  it.each([
    ['without a stack', Object.assign(new Error('odd'), { stack: undefined })],
    ['whose message is no text', Object.assign(new Error('odd'), { message: { a: 1 } })],
    ['that is its own cause', ((error: Error) => Object.assign(error, { cause: error }))(new Error('odd'))],
    ['without a prototype of its own', Object.create(Error.prototype) as Error],
  ])('takes an error %s', (_, error) => {
    const { nest, lines } = newLogger();
    nest.error(error, undefined, 'Test');
    expect(lines()).toHaveLength(1);
  });

  it.each(['text', undefined, null, 5, { a: 1 }])('takes %j where a message is expected', (message) => {
    const { nest, lines } = newLogger();
    nest.log(message);
    nest.warn(message, 'Test');
    expect(lines()).toHaveLength(2);
  });
});

describe('fields of a request', () => {
  it('are on every line inside it, nested ones too, and on none outside', async () => {
    const { pino, lines } = newLogger();
    await withLogFields({ requestId: 'r1' }, async () => {
      pino.info('one');
      await withLogFields({ organizationId: 'o1' }, () => Promise.resolve().then(() => pino.info('two')));
      pino.info('three');
    });
    pino.info('four');
    expect(lines().map(({ requestId, organizationId }) => [requestId, organizationId])).toEqual([
      ['r1', undefined],
      ['r1', 'o1'],
      ['r1', undefined],
      [undefined, undefined],
    ]);
    expect(currentLogFields()).toEqual({});
  });

  it('can be added to, for the rest of the request alone', () => {
    withLogFields({ requestId: 'r1' }, () => {
      withLogFields({}, () => addLogFields({ userId: 'u2' }));
      addLogFields({ userId: 'u1' });
      expect(currentLogFields()).toEqual({ requestId: 'r1', userId: 'u1' });
    });
    addLogFields({ userId: 'u3' });
    expect(currentLogFields()).toEqual({});
  });
});

describe('NestLogger', () => {
  it('has the levels of Nest, and its wiring at debug', () => {
    const { nest, lines } = newLogger();
    nest.log('a', 'NestFactory');
    nest.log('b', 'Mine');
    nest.verbose('c', 'Mine');
    nest.fatal('d', 'Mine');
    expect(lines().map(({ level, context, msg }) => [level, context, msg])).toEqual([
      [20, 'NestFactory', 'a'],
      [30, 'Mine', 'b'],
      [10, 'Mine', 'c'],
      [60, 'Mine', 'd'],
    ]);
  });

  it('says nothing below its level', () => {
    const { nest, lines } = newLogger('warn');
    nest.log('a', 'Mine');
    nest.warn('b', 'Mine');
    expect(lines()).toHaveLength(1);
  });
});
