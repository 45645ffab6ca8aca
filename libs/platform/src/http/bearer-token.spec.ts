import type { Request } from 'express';
import { bearerToken } from './bearer-token';

const tokenOf = (...authorization: string[]) =>
  bearerToken({
    headers: { authorization: authorization[0] },
    rawHeaders: ['Host', 'x', ...authorization.flatMap((value) => ['aUTHORIZATION', value])],
  } as unknown as Request);

it.each([
  [['Bearer abc.DEF-1_2~3+4/5=='], 'abc.DEF-1_2~3+4/5=='],
  [['bearer  abc'], 'abc'],
  [[], undefined],
  [[''], undefined],
  [['Bearer'], undefined],
  [['Bearer '], undefined],
  [['Bearer a b'], undefined],
  [['Bearer a, Bearer b'], undefined],
  [['Basic YTpi'], undefined],
  [['Bearer a', 'Bearer b'], undefined],
  [['Bearer a', 'Bearer a'], undefined],
])('%j: %s', (headers, token) => {
  expect(tokenOf(...headers)).toBe(token);
});
