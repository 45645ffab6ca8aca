import { LONGEST_PAYLOAD, MASK, payloadText, Secrets } from './payload';

describe('a payload of history', () => {
  it('is kept as it is up to its limit', () => {
    expect(payloadText({ a: [1, 'b', null] })).toBe('{"a":[1,"b",null]}');
    expect(payloadText('x'.repeat(LONGEST_PAYLOAD - 2))).toHaveLength(LONGEST_PAYLOAD);
  });

  it('is cut beyond, with a mark that tells its size and beginning', () => {
    const cut = JSON.parse(payloadText('ä'.repeat(LONGEST_PAYLOAD)));
    expect(cut.$cut.bytes).toBe(2 * LONGEST_PAYLOAD + 2);
    expect(cut.$cut.start).toMatch(/^"ä+$/);
  });

  it('is valid text also where it is cut in the middle of a character', () => {
    const { start } = JSON.parse(payloadText(`x${'😀'.repeat(LONGEST_PAYLOAD)}`)).$cut;
    expect(start.isWellFormed()).toBe(true);
  });
});

describe('secrets', () => {
  const secrets = new Secrets();
  secrets.add(['p4ssw0rd', 123456789, { card: '4111' }, 'on', 'a.b*']);

  it.each([
    ['p4ssw0rd', MASK],
    ['Bearer p4ssw0rd!', `Bearer ${MASK}!`],
    [{ deep: [{ key: 'p4ssw0rd' }] }, { deep: [{ key: MASK }] }],
    [{ p4ssw0rd: 1 }, { [MASK]: 1 }],
    [123456789, MASK],
    ['id 123456789', `id ${MASK}`],
    [{ of: { card: '4111' } }, { of: MASK }],
    ['a.b*', MASK],
    ['axbb', 'axbb'],
    ['on', 'on'],
    [null, null],
  ])('are masked in %j', (value, expected) => {
    expect(secrets.mask(value)).toEqual(expected);
  });

  it('are none where none is known', () => {
    const value = { a: 1 };
    expect(new Secrets().mask(value)).toBe(value);
  });
});
