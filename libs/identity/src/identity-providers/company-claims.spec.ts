import { claimAt, completed, isInDomains, mappedRoles, personName, verifiedEmail } from './company-claims';

describe('verifiedEmail', () => {
  it('gives an address that the company has verified, in lower case', () => {
    expect(verifiedEmail({ email: 'Ada@Example.com', email_verified: true })).toBe('ada@example.com');
  });

  it.each([
    { email: 'ada@example.com' },
    { email: 'ada@example.com', email_verified: false },
    { email: 'ada@example.com', email_verified: 'true' },
    { email: 'ada@example.com@evil.com', email_verified: true },
    { email: 'ada\u0000@example.com', email_verified: true },
    { email: `${'a'.repeat(320)}@example.com`, email_verified: true },
    { email: ['ada@example.com'], email_verified: true },
    { email_verified: true },
  ])('gives nothing for %j', (claims) => {
    expect(verifiedEmail(claims)).toBeUndefined();
  });
});

it('isInDomains takes the whole domain alone', () => {
  const domains = ['example.com'];
  expect(
    ['a@example.com', 'a@sub.example.com', 'a@badexample.com'].map((email) => isInDomains(email, domains)),
  ).toEqual([true, false, false]);
  expect(isInDomains('a@example.com', [])).toBe(false);
});

describe('personName', () => {
  it.each([
    [{ given_name: 'Ada', family_name: 'Lovelace', name: 'Countess' }, 'Ada', 'Lovelace'],
    [{ name: 'Ada King Lovelace' }, 'Ada', 'King Lovelace'],
    [{ name: ' \n ', given_name: 5 }, 'ada.l', ''],
    [{ given_name: 'A\u0000\ud800da', family_name: 'x'.repeat(500) }, 'A \ufffdda', 'x'.repeat(100)],
  ])('of %j', (claims, firstName, lastName) => {
    expect(personName(claims, 'ada.l@example.com')).toEqual({ firstName, lastName });
  });
});

describe('mappedRoles', () => {
  const rules = [
    { value: 'operators', organizationId: 'north', role: 'editor' },
    { value: 'staff', organizationId: 'north', role: 'viewer' },
    { value: 'staff', organizationId: 'south', role: 'viewer' },
  ] as const;
  const roles = (claims: object, claim: string | null) =>
    Object.fromEntries(mappedRoles(claims as Record<string, unknown>, claim, rules));

  it('gives the strongest role in each organization', () => {
    expect(roles({ groups: ['staff', 'operators', 7] }, 'groups')).toEqual({ north: 'editor', south: 'viewer' });
  });

  it('takes one value that is no list, and paths', () => {
    expect(roles({ role: 'operators' }, 'role')).toEqual({ north: 'editor' });
    expect(roles({ realm_access: { roles: ['operators'] } }, 'realm_access.roles')).toEqual({ north: 'editor' });
  });

  it('gives nothing without a claim', () => {
    expect(roles({ groups: ['staff'] }, null)).toEqual({});
    expect(roles({ groups: 'staff operators' }, 'groups')).toEqual({});
    expect(roles({}, 'groups')).toEqual({});
  });
});

it('claimAt prefers the whole name and reads own members alone', () => {
  expect(claimAt({ 'https://a.example/roles': 1 }, 'https://a.example/roles')).toBe(1);
  expect(claimAt({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
  expect(claimAt({ a: {} }, 'a.constructor')).toBeUndefined();
  expect(claimAt({ a: 'text' }, 'a.length')).toBeUndefined();
});

describe('completed', () => {
  it('adds what the ID token does not say', () => {
    const userinfo = { sub: '1', email: 'a@example.com', email_verified: true, name: 'Ada', groups: ['x'] };
    expect(completed({ sub: '1', name: 'Countess' }, userinfo)).toEqual({ ...userinfo, name: 'Countess' });
  });

  it.each([
    [{ email: 'boss@example.com' }, { email: 'me@example.com', email_verified: true }, 'boss@example.com', false],
    [{ email: 'me@example.com' }, { email: 'me@example.com', email_verified: true }, 'me@example.com', true],
    [{ email_verified: true }, { email: 'boss@example.com' }, 'boss@example.com', undefined],
    [{ email: 'me@example.com', email_verified: false }, { email_verified: true }, 'me@example.com', false],
  ])('never takes the word on one address for another: %j and %j', (claims, userinfo, email, verified) => {
    expect(completed(claims as Record<string, unknown>, userinfo)).toMatchObject({ email, email_verified: verified });
  });
});
