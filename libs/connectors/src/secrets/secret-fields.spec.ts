import { SECRET_MASK, SecretFields, type SplitConfig } from './secret-fields';

const secret = { type: 'string', 'x-secret': true };

const FIELDS = new SecretFields({
  type: 'object',
  properties: {
    host: { type: 'string' },
    password: secret,
    auth: {
      type: 'object',
      properties: { type: { enum: ['key', 'basic'] }, user: {}, key: secret },
      oneOf: [{ properties: { pin: secret } }, { properties: { pin: {} } }],
    },
    headers: { type: 'object', additionalProperties: secret },
    deep: { $ref: '#/$defs/deep' },
  },
  $defs: { deep: { properties: { next: { $ref: '#/$defs/deep' }, 'a/b~c': secret } } },
});

const FULL = {
  host: 'h',
  password: 'p',
  auth: { type: 'key', user: 'u', key: 'k', pin: '1' },
  headers: { A: 'a', B: 'b' },
  deep: { next: { 'a/b~c': 'd' } },
};

const M = SECRET_MASK;
const MASKED = {
  host: 'h',
  password: M,
  auth: { type: 'key', user: 'u', key: M, pin: M },
  headers: { A: M, B: M },
  deep: { next: { 'a/b~c': M } },
};

const BEFORE: SplitConfig = FIELDS.split(FULL);

describe('secrets of a config', () => {
  it('are taken out at every depth, and put back', () => {
    expect(BEFORE.config).toEqual(MASKED);
    expect(Object.fromEntries(BEFORE.secrets)).toEqual({
      '/password': 'p',
      '/auth/key': 'k',
      '/auth/pin': '1',
      '/headers/A': 'a',
      '/headers/B': 'b',
      '/deep/next/a~1b~0c': 'd',
    });
    expect(FIELDS.join(BEFORE)).toEqual(FULL);
  });

  it('are what they were where the mask or nothing is sent', () => {
    expect(FIELDS.merge(MASKED, BEFORE)).toEqual(FULL);
    const without = { host: 'h2', auth: { type: 'key' }, headers: { A: '' }, deep: { next: {} } };
    expect(FIELDS.merge(without, BEFORE)).toEqual({
      host: 'h2',
      password: 'p',
      auth: { type: 'key', key: 'k', pin: '1' },
      headers: { A: 'a', B: 'b' },
      deep: { next: { 'a/b~c': 'd' } },
    });
  });

  it('are replaced, removed by null, and gone with what is around them or with its type', () => {
    const change = { host: 'h', password: 'new', auth: { type: 'basic' }, headers: { A: null } };
    expect(FIELDS.merge(change, BEFORE)).toEqual({
      host: 'h',
      password: 'new',
      auth: { type: 'basic' },
      headers: { B: 'b' },
    });
  });

  it('are missing where a mask stands for none', () => {
    expect(FIELDS.merge({ password: M, headers: { A: M } })).toEqual({ headers: {} });
    expect(FIELDS.merge({ headers: { C: M } }, BEFORE)).toMatchObject({ headers: { A: 'a', B: 'b' } });
  });

  it('are known where there are none, and can be put there as masks', () => {
    const config = { host: 'h', auth: { type: 'key', key: M }, headers: {}, deep: { next: {} } };
    const places = ['/password', '/auth/pin', '/deep/a~1b~0c', '/deep/next/a~1b~0c'];
    expect(FIELDS.placesWithout(config).toSorted()).toEqual(places.toSorted());
    const masked = FIELDS.withMasks(config, places);
    expect(masked).toEqual({
      host: 'h',
      password: M,
      auth: { type: 'key', key: M, pin: M },
      headers: {},
      deep: { 'a/b~c': M, next: { 'a/b~c': M } },
    });
    expect([...FIELDS.split(masked).secrets.keys()].toSorted()).toEqual([...places, '/auth/key'].toSorted());
    expect(FIELDS.placesWithout(masked)).toEqual([]);
  });

  it('are none where they are left out, if that is meant', () => {
    const config = { host: 'h', auth: { type: 'key', key: M }, headers: { A: '', C: M } };
    expect(FIELDS.fill(config, BEFORE.secrets)).toEqual({
      host: 'h',
      auth: { type: 'key', key: 'k' },
      headers: { A: 'a' },
    });
  });

  it('may have any name', () => {
    const config = JSON.parse('{"headers": {"__proto__": "x", "constructor": "y"}}') as typeof FULL;
    const split = FIELDS.split(config);
    expect([...split.secrets.keys()]).toEqual(['/headers/__proto__', '/headers/constructor']);
    expect(JSON.stringify(split.config)).toBe(`{"headers":{"__proto__":"${M}","constructor":"${M}"}}`);
    expect(JSON.stringify(FIELDS.join(split))).toBe(JSON.stringify(config));
  });

  it.each(['items', 'patternProperties', 'prefixItems', 'not'])('cannot be marked under %s', (keyword) => {
    const schema = { properties: { a: { [keyword]: { x: secret } } } };
    expect(() => new SecretFields(schema)).toThrow(`x-secret must not stand under ${keyword}`);
  });
});
