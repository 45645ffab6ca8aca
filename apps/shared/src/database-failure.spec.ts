import { SettingsError } from '#platform/config';
import { databaseFailure } from './database-failure';

const failed = (code: string, message: string): Error => Object.assign(new Error(message), { code });

describe('a database that cannot be reached', () => {
  it.each([
    [failed('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'connect ECONNREFUSED 127.0.0.1:1'],
    [new AggregateError([failed('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')]), 'connect ECONNREFUSED ::1:1'],
    [failed('28P01', 'password authentication failed for user "hub"'), 'password authentication failed for user "hub"'],
    [new Error('timeout expired'), 'timeout expired'],
  ])('is told by its setting: %s', (error, why) => {
    expect(databaseFailure(error)).toEqual(new SettingsError(`DATABASE_URL: cannot connect (${why})`));
  });

  it.each([[failed('42601', 'syntax error')], [new Error('no such migration')], ['thrown'], [new AggregateError([])]])(
    'is not what other failures are: %s',
    (error) => {
      expect(databaseFailure(error)).toBe(error);
    },
  );
});
