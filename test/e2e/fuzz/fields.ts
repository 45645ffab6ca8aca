import * as fc from 'fast-check';

/*
 * Names and contents of fields, in bodies and queries: mostly what a caller would send, and everything else.
 */

export interface FuzzRoute {
  method: string;
  path: string;
}

/** What a request can name that exists. */
export interface Known {
  routes: readonly FuzzRoute[];
  tokens: readonly string[];
  organizationIds: readonly string[];
  ids: readonly string[];
  topics: readonly string[];
  emails: readonly string[];
  passwords: readonly string[];
  /** Ids of what there is, by the path of its collection. */
  things: Readonly<Record<string, readonly string[]>>;
}

type Value = fc.Arbitrary<unknown>;

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\u202e',
  'größe',
  '🌡️',
  '%',
  '%00',
  "'; DROP TABLE uns_topics; --",
  '$1',
  '{{7*7}}',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1',
  '1e999',
  '99999999999999999999',
  '2026-02-30T00:00:00Z',
  '2026-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  'x'.repeat(300),
  'x'.repeat(5_000),
];

const ODD_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.1,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  253402300800000,
  -62135596800001,
];

export const FIELDS = [
  'topic',
  'value',
  'source',
  'timestamp',
  'quality',
  'records',
  'description',
  'name',
  'email',
  'password',
  'firstName',
  'lastName',
  'systemAdmin',
  'status',
  'reason',
  'deleted',
  'force',
  'scopes',
  'expiresInDays',
  'type',
  'grantTypes',
  'nodes',
  'edges',
  'parameters',
  'labels',
  'redirectUris',
  'accessTokenTtlSeconds',
  'refreshTokenTtlSeconds',
  'serviceUserId',
  'organizationIds',
  'token',
  'token_type_hint',
  'grant_type',
  'client_id',
  'client_secret',
  'scope',
  'page',
  'limit',
  'search',
  'sort',
  'from',
  'to',
  'cursor',
  'bucket',
  'aggregate',
  'field',
  'topic[]',
  'search[a]',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  '\0',
];

const WORDS = [
  'good',
  'bad',
  'confidential',
  'public',
  'client_credentials',
  'refresh_token',
  'uns:read',
  'uns:publish:mHv1.0/+/#',
  'uns:read:%',
  'path',
  '-name,path',
  '1s',
  '1000d',
  '7ms',
  'avg',
  'first',
  'rpm',
  'W10',
  'WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiJd',
];

const text = (known: Known): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    { weight: 3, arbitrary: fc.constantFrom(...WORDS, ...known.topics) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...known.ids, ...known.emails, ...known.passwords, ...known.organizationIds),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );

const scalar = (known: Known): Value =>
  fc.oneof(
    text(known),
    fc.constantFrom<unknown>(...ODD_NUMBERS, null, true, false),
    fc.double(),
    fc.integer({ min: 1, max: 500 }),
  );

const value = (known: Known): Value =>
  fc.oneof(
    { weight: 5, arbitrary: scalar(known) },
    { weight: 1, arbitrary: fc.array(scalar(known), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), scalar(known), { maxKeys: 4 }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  );

/** What the fields of that name ought to hold, more often than not. */
const likely = (known: Known): Record<string, Value | undefined> => ({
  __proto__: null as never,
  topic: fc.oneof(
    fc.constantFrom(...known.topics, 'mHv1.0'),
    fc.nat().map((number) => `mHv1.0/fuzz/new/${number}`),
  ),
  description: fc.string({ maxLength: 20 }),
  quality: fc.constantFrom('good', 'bad'),
  name: fc.oneof(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.nat().map((number) => `Fuzz ${number}`),
  ),
  email: fc.oneof(
    fc.constantFrom(...known.emails),
    fc.nat().map((number) => `fuzz-${number}@example.com`),
  ),
  password: fc.constantFrom(...known.passwords),
  firstName: fc.constantFrom('Petra', 'größe'),
  lastName: fc.constant('Lindqvist'),
  systemAdmin: fc.boolean(),
  status: fc.constantFrom('active', 'inactive', 'locked'),
  scopes: fc.uniqueArray(fc.constantFrom('uns:read', 'uns:publish', 'tokens:read'), { minLength: 1 }),
  expiresInDays: fc.constantFrom(30, 90),
  type: fc.constantFrom('confidential', 'public'),
  grantTypes: fc.constant(['client_credentials']),
  redirectUris: fc.constant([]),
  serviceUserId: fc.constantFrom(...known.ids),
  records: fc.array(fc.record({ topic: fc.constantFrom(...known.topics), value: value(known) }), { maxLength: 5 }),
  role: fc.constantFrom('viewer', 'editor', 'admin'),
  userId: fc.constantFrom(...known.ids),
  mqttPrefix: fc.constantFrom('plant/', '', null),
  timeZone: fc.constantFrom('Europe/Berlin', 'UTC', null),
  retention: fc.constantFrom({ auditDays: 90 }, { recordsDays: null }, null),
  fields: fc.constantFrom(
    [],
    [{ name: 'a', type: 'number', min: 0 }],
    [{ name: 'a', type: 'array', items: { type: 'uuid' } }],
  ),
  nodes: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      name: fc.constantFrom('A', 'B', 'C'),
      type: fc.constantFrom('trigger.manual', 'trigger.webhook', 'flow.condition', 'flow.switch', 'transform.set'),
      parameters: fc.dictionary(fc.constantFrom('path', 'conditions', 'cases', 'fields', 'auth'), value(known)),
    }),
    { maxLength: 3, selector: ({ id }) => id },
  ),
  edges: fc.constantFrom(
    [],
    [{ source: 'a', target: 'b' }],
    [{ id: 'x', source: 'a', sourcePort: 'true', target: 'c' }],
  ),
  enabled: fc.boolean(),
  labels: fc.constantFrom({}, { env: 'prod' }),
  source: fc.constantFrom('plc-01', 'a', 'b'),
  target: fc.constantFrom('b', 'c'),
  parameters: fc.dictionary(fc.constantFrom('path', 'conditions', 'cases', 'fields', 'auth'), value(known)),
  limit: fc.integer({ min: 1, max: 100 }),
  page: fc.integer({ min: 1, max: 3 }),
  bucket: fc.constantFrom('1s', '1m', '1d'),
  aggregate: fc.constantFrom('avg', 'count', 'last'),
});

export const fields = (known: Known, names: fc.Arbitrary<string[]>): fc.Arbitrary<[string, unknown][]> => {
  const usual = likely(known);
  return names.chain((chosen) =>
    fc.tuple(
      ...chosen.map((name) => {
        const any = value(known);
        const good = usual[name];
        const content = good ? fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: any }) : any;
        return content.map((content): [string, unknown] => [name, content]);
      }),
    ),
  );
};

/** Keys as they come, also those that an object would not take. */
export const jsonOf = (entries: [string, unknown][]): string =>
  `{${entries.map(([name, content]) => `${JSON.stringify(name)}:${JSON.stringify(content) ?? 'null'}`).join(',')}}`;

const textOf = (content: unknown): string => (typeof content === 'string' ? content : (JSON.stringify(content) ?? ''));

export const formOf = (entries: [string, unknown][]): string =>
  new URLSearchParams(entries.map(([name, content]): [string, string] => [name, textOf(content)])).toString();
