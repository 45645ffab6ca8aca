import * as fc from 'fast-check';
import { body, CODINGS, CONTENT_TYPES, framed, hasShape, type Framing } from './bodies';
import { FIELDS, fields, formOf, type FuzzRoute, type Known } from './fields';

/*
 * Arbitrary requests: mostly almost right, so that they get past the first check, and wrong in one place or another.
 */

export interface FuzzRequest {
  route: FuzzRoute;
  /** The whole request. */
  bytes: Buffer;
  /** The body is shorter than promised, so no answer need come before the connection ends. */
  cutOff: boolean;
}

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

const often = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const ODD_FIELDS = [
  '',
  ' ',
  '*',
  '"1"',
  'W/"1"',
  '"1", "2"',
  '1',
  'größe',
  '\x7f',
  'a\x01b',
  'x'.repeat(200),
  'x'.repeat(20_000),
];

/** A field that is mostly absent: there are many, and one that Node's parser refuses keeps all of the request from us. */
const optional = (name: string, ...values: string[]): fc.Arbitrary<readonly string[]> =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constant<readonly string[]>([]) },
    { weight: 1, arbitrary: fc.constantFrom(...values, ...ODD_FIELDS).map((value) => [`${name}: ${value}`]) },
  );

const headers = (known: Known): fc.Arbitrary<string[]> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 18, arbitrary: fc.constantFrom(...known.tokens).map((token) => [`Authorization: Bearer ${token}`]) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom(
              '',
              'Bearer',
              'Bearer x',
              'Basic dTpw',
              'Basic %',
              'Bearer a.b.c',
              `Bearer ${'x'.repeat(9_000)}`,
              '\xff',
            )
            .map((value) => [`Authorization: ${value}`]),
        },
        { weight: 1, arbitrary: fc.constant([]) },
      ),
      fc.oneof(
        {
          weight: 9,
          arbitrary: fc.constantFrom(...known.organizationIds).map((id) => [`X-Organization-ID: ${id}`]),
        },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom(UNKNOWN_ID, UNKNOWN_ID.toUpperCase(), '00000000-0000-0000-0000-000000000000', 'x', '{}', '')
            .map((id) => [`X-Organization-ID: ${id}`]),
        },
        { weight: 1, arbitrary: fc.constant([]) },
      ),
      optional('Idempotency-Key', 'a', 'b', 'c'),
      optional('If-Match', '"1"', '"2"'),
      optional('X-Request-ID', 'my-request'),
      optional('Accept', 'text/csv', 'application/x-ndjson', 'image/png', '*/*;q=0'),
      optional('User-Agent', 'curl/8'),
      optional('X-Forwarded-For', '127.0.0.1', 'garbage'),
      // Node itself answers what else may be expected: seldom, or little would get past it.
      often<readonly string[]>([], [], [], ['Expect: 100-continue'], ['Expect: 200-ok']),
      optional('Origin', 'https://example.com', 'null'),
      optional('Range', 'bytes=0-1'),
    )
    .map((lines) => lines.flat());

const SEGMENTS = [
  UNKNOWN_ID,
  'x',
  '%',
  '%zz',
  '%00',
  '%ff',
  '%2e%2e',
  '%2F',
  '..',
  '.',
  '',
  '__proto__',
  'constructor',
  '%F0%9F%8C%A1',
  '\xff',
  'a b',
  '{}',
  'x'.repeat(3_000),
];

/** What stands in a path for one of a collection. */
const segment = (known: Known, collection: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...(known.things[collection] ?? known.ids)) },
    { weight: 1, arbitrary: fc.constantFrom(...known.ids, ...known.organizationIds) },
    { weight: 1, arbitrary: fc.constantFrom(...SEGMENTS) },
  );

const path = (known: Known, route: FuzzRoute): fc.Arbitrary<string> => {
  const parts = route.path.split('/');
  const filled = parts.map((part, index) =>
    part.startsWith(':') ? segment(known, parts.slice(0, index).join('/')) : fc.constant(part),
  );
  return fc
    .tuple(fc.tuple(...filled), often('', '/', '//', '/x', '%00', '.json', ';a=b'))
    .map(([segments, tail]) => segments.join('/') + tail);
};

/** Query values are encoded most of the time, as clients do. */
const query = (known: Known, route: FuzzRoute): fc.Arbitrary<string> => {
  const pairs = fields(known, fc.array(fc.constantFrom(...FIELDS), { maxLength: 4 }));
  const topical = fields(
    known,
    fc.constantFrom(['topic'], ['topic', 'limit'], ['topic', 'from', 'to'], ['topic', 'bucket', 'aggregate']),
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    // Elsewhere each of them is one field too many.
    { weight: route.path.includes('/uns/') ? 4 : 0, arbitrary: topical.map((entries) => `?${formOf(entries)}`) },
    { weight: 2, arbitrary: pairs.map((entries) => `?${formOf(entries)}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '?',
        '?&&==',
        '?a=%',
        '?search=%ff',
        '?search=%00',
        '?topic=\xff',
        '?page=1&page=2',
        `?search=${'x'.repeat(9_000)}`,
      ),
    },
  );
};

const WITHOUT_BODY = ['GET', 'HEAD', 'DELETE', 'OPTIONS'];

/** Any route; those more often that can be given what they want: something has to come of it now and then. */
const route = ({ routes }: Known): fc.Arbitrary<FuzzRoute> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...routes) },
    { weight: 1, arbitrary: fc.constantFrom(...routes.filter(hasShape)) },
  );

export function requests(known: Known): fc.Arbitrary<FuzzRequest> {
  return route(known).chain((route) =>
    fc
      .record({
        method: often(
          route.method,
          'GET',
          'POST',
          'PATCH',
          'PUT',
          'DELETE',
          'HEAD',
          'OPTIONS',
          'TRACE',
          'PROPFIND',
          'get',
          'FOO',
        ),
        path: path(known, route),
        query: query(known, route),
        headers: headers(known),
        body: body(known, route),
        contentType: often<string | undefined>('application/json', ...CONTENT_TYPES),
        coding: often<string | undefined>(undefined, ...Object.keys(CODINGS)),
        coded: fc.boolean(),
        framing: often<Framing>('right', 'none', 'short', 'long', 'wrong', 'twice', 'chunked', 'broken chunks', 'both'),
      })
      .map(({ method, path, query, headers, body, contentType, coding, coded, framing }) => {
        const content = coding !== undefined && coded ? CODINGS[coding]!(body) : body;
        const bare = WITHOUT_BODY.includes(method) && framing === 'right';
        const { lines, sent, cutOff } = framed(bare ? 'none' : framing, content);
        const target = path + query;
        const head = [
          `${method} ${target} HTTP/1.1`,
          'Host: 127.0.0.1',
          'Connection: close',
          ...headers,
          ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
          ...(coding === undefined ? [] : [`Content-Encoding: ${coding}`]),
          ...lines,
        ];
        const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), sent]);
        const shown = bytes.subarray(0, 1_500).toString('latin1');
        return { route, bytes, cutOff, [fc.toStringMethod]: () => shown };
      }),
  );
}
