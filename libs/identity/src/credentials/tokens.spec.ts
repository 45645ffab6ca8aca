import { newAccessToken, newClientSecret, newSessionToken, tokenKind } from './tokens';

describe('tokenKind', () => {
  it('tells the kinds apart', () => {
    expect(tokenKind(newSessionToken())).toBe('session');
    expect(tokenKind(newAccessToken())).toBe('token');
    expect(tokenKind('aa.bb.c-_')).toBe('jwt');
  });

  it.each([
    '',
    'mh_pat_short',
    newClientSecret(),
    `${newAccessToken()}x`,
    'a.b',
    'a.b.c.d',
    `a.b.${'c'.repeat(9_000)}`,
  ])('knows that %p is none of ours', (token) => expect(tokenKind(token)).toBeUndefined());
});
