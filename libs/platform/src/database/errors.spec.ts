import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError, TypeORMError } from 'typeorm';
import { isDataError, isOutage, isUniqueViolation } from './errors';

const withCode = (code: unknown): Error => Object.assign(new Error('failed'), { code });

it.each([
  ['a number out of range', withCode('22003'), { data: true, outage: false }],
  ['NUL in a text', withCode('22021'), { data: true, outage: false }],
  ['a row too long for its index', withCode('54000'), { data: true, outage: false }],
  ['a unique constraint', withCode('23505'), { data: false, outage: false }],
  ['a syntax error', withCode('42601'), { data: false, outage: false }],
  ['a shutdown', withCode('57P01'), { data: false, outage: true }],
  ['the statement timeout', withCode('57014'), { data: false, outage: true }],
  ['too many connections', withCode('53300'), { data: false, outage: true }],
  ['a lost connection', withCode('08006'), { data: false, outage: true }],
  ['a refused connection', withCode('ECONNREFUSED'), { data: false, outage: true }],
  [
    'a socket that is not there',
    Object.assign(withCode('ENOENT'), { syscall: 'connect' }),
    { data: false, outage: true },
  ],
  ['a file that is not there', Object.assign(withCode('ENOENT'), { syscall: 'open' }), { data: false, outage: false }],
  ['a connection cut off', new Error('Connection terminated unexpectedly'), { data: false, outage: true }],
  [
    'a pool without a free connection',
    new Error('timeout exceeded when trying to connect'),
    { data: false, outage: true },
  ],
  ['a server that lets nobody in', new Error('timeout expired'), { data: false, outage: true }],
  [
    'a connection lost between statements',
    new QueryRunnerProviderAlreadyReleasedError(),
    { data: false, outage: true },
  ],
  ['a connection lost before a commit', new QueryRunnerAlreadyReleasedError(), { data: false, outage: true }],
  [
    'a connection on which something was lost',
    new Error('Client has encountered a connection error and is not queryable'),
    { data: false, outage: true },
  ],
  ['a connection that was closed', new Error('Client was closed and is not queryable'), { data: false, outage: true }],
  [
    'a pool that was closed',
    new Error('Cannot use a pool after calling end on the pool'),
    { data: false, outage: true },
  ],
  ['a database that was closed', new TypeORMError('Driver not Connected'), { data: false, outage: true }],
  ['a password that has just been changed', withCode('28P01'), { data: false, outage: true }],
  ['a database that is just restored', withCode('3D000'), { data: false, outage: true }],
  ['a transaction that stood still', withCode('25P03'), { data: false, outage: true }],
  ['a transaction in which something has failed', withCode('25P02'), { data: false, outage: false }],
  ['an error of ours', new TypeError('x is not a function'), { data: false, outage: false }],
  ['a code that is no text', withCode(8), { data: false, outage: false }],
  ['nothing', undefined, { data: false, outage: false }],
  ['null', null, { data: false, outage: false }],
])('%s', (_, error, { data, outage }) => {
  expect({ data: isDataError(error), outage: isOutage(error) }).toEqual({ data, outage });
});

it('knows a constraint by its name', () => {
  const error = Object.assign(withCode('23505'), { constraint: 'users_email_key' });
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(error, 'users_email_key')).toBe(true);
  expect(isUniqueViolation(error, 'users_pkey')).toBe(false);
  expect(isUniqueViolation(withCode('23503'), 'users_email_key')).toBe(false);
});
