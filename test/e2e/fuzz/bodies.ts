import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { FIELDS, fields, formOf, jsonOf, type FuzzRoute, type Known } from './fields';

/** The fields that bodies of a route are made of. */
const SHAPES: Record<string, string[][]> = {
  '/uns/data/publish': [
    ['topic', 'value'],
    ['topic', 'value', 'source', 'timestamp', 'quality'],
  ],
  '/uns/data/publish/batch': [['records']],
  '/uns/topics': [['topic'], ['topic', 'description']],
  '/uns/topics/:id': [['description']],
  '/auth/login': [['email', 'password']],
  '/admin/users': [['email', 'password', 'firstName', 'lastName', 'systemAdmin']],
  '/admin/users/:id': [['firstName'], ['email', 'lastName']],
  '/admin/users/:id/status': [['status', 'reason']],
  '/admin/users/:id/reset-password': [['password']],
  '/organizations': [['name'], ['name', 'description']],
  '/organizations/:id': [['name'], ['description', 'mqttPrefix']],
  '/organizations/:id/members': [
    ['email', 'role'],
    ['userId', 'role'],
  ],
  '/organizations/:id/members/:userId': [['role']],
  '/organizations/settings': [['timeZone', 'retention']],
  '/engine/models': [
    ['name', 'fields'],
    ['name', 'description', 'fields'],
  ],
  '/engine/models/:id': [['name', 'description', 'fields']],
  '/engine/models/:id/validate': [['value']],
  '/engine/pipelines': [['name'], ['name', 'nodes', 'edges', 'enabled', 'labels', 'retry', 'timeoutSeconds']],
  '/engine/pipelines/:id': [['name', 'nodes', 'edges'], ['enabled'], ['description', 'labels', 'maxConcurrent']],
  '/engine/pipelines/:id/clone': [['name']],
  '/engine/pipelines/:id/nodes': [['name', 'type', 'parameters', 'settings', 'position']],
  '/engine/pipelines/:id/nodes/:nodeId': [['name'], ['parameters', 'disabled']],
  '/engine/pipelines/:id/nodes/:nodeId/rename': [['name']],
  '/engine/pipelines/:id/edges': [['id', 'source', 'sourcePort', 'target', 'targetPort']],
  '/oauth2/tokens': [['name', 'expiresInDays', 'scopes']],
  '/oauth2/clients': [['name', 'type', 'grantTypes', 'redirectUris', 'scopes', 'serviceUserId']],
  '/oauth2/token': [['grant_type', 'client_id', 'client_secret', 'scope']],
  '/oauth2/revoke': [['token', 'client_id', 'client_secret']],
};

const ALL_SHAPES = Object.values(SHAPES).flat();

const shapesOf = ({ path }: FuzzRoute): string[][] | undefined => SHAPES[path.replace('/api/v1', '')];

/** Whether bodies of the route are mostly of its own fields. */
export const hasShape = (route: FuzzRoute): boolean =>
  ['POST', 'PUT', 'PATCH'].includes(route.method) && shapesOf(route) !== undefined;

const shaped = (known: Known, route: FuzzRoute): fc.Arbitrary<[string, unknown][]> => {
  const own = shapesOf(route) ?? ALL_SHAPES;
  const shape = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...own) },
    { weight: 1, arbitrary: fc.constantFrom(...ALL_SHAPES) },
  );
  const strangers = fc.oneof(
    { weight: 7, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...FIELDS), { maxLength: 3 }) },
  );
  return fields(
    known,
    fc.tuple(shape, strangers).map(([shape, more]) => [...shape, ...more]),
  );
};

const BROKEN = [
  '',
  '{',
  '{"topic":',
  '[',
  'null',
  '"text"',
  '5',
  '[[]]',
  '{"a":1}{',
  '\uFEFF{}',
  '{"topic":"mHv1.0/a","value":1e999}',
  '{"topic":"mHv1.0/a","value":"\\ud800"}',
  '{"topic":"mHv1.0/a","value":"\\u0000"}',
  '{"topic":"mHv1.0/a","topic":{},"value":1}',
  `{"topic":"mHv1.0/a","value":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  `{"records":[${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}]}`,
  '9'.repeat(5_000),
  '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
];

export const body = (known: Known, route: FuzzRoute): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 15, arbitrary: shaped(known, route).map((entries) => Buffer.from(jsonOf(entries))) },
    { weight: 2, arbitrary: shaped(known, route).map((entries) => Buffer.from(formOf(entries))) },
    { weight: 2, arbitrary: fc.constantFrom(...BROKEN).map((broken) => Buffer.from(broken)) },
    { weight: 1, arbitrary: fc.json().map((json) => Buffer.from(json)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constant(Buffer.alloc(1024 * 1024 + 1, '[')) },
  );

export const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json; charset=bogus',
  'application/vnd.hub+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'garbage',
  '',
  undefined,
];

/** Content codings, some of them lies. */
export const CODINGS: Record<string, (body: Buffer) => Buffer> = {
  identity: (body) => body,
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  'x-gzip': (body) => body,
  bogus: (body) => body,
  'gzip, gzip': (body) => gzipSync(gzipSync(body)),
};

export type Framing = 'right' | 'none' | 'short' | 'long' | 'wrong' | 'twice' | 'chunked' | 'broken chunks' | 'both';

/** The lines that say where the body ends, and the body as it is sent. */
export function framed(framing: Framing, body: Buffer): { lines: string[]; sent: Buffer; cutOff: boolean } {
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
  const length = (value: string | number): string => `Content-Length: ${value}`;
  switch (framing) {
    case 'right':
      return { lines: [length(body.length)], sent: body, cutOff: false };
    case 'none':
      return { lines: [], sent: Buffer.alloc(0), cutOff: false };
    case 'short':
      return { lines: [length(Math.max(0, body.length - 1))], sent: body, cutOff: false };
    case 'long':
      return { lines: [length(body.length + 10)], sent: body, cutOff: true };
    case 'wrong':
      return { lines: [length('-1')], sent: body, cutOff: false };
    case 'twice':
      return { lines: [length(body.length), length(body.length + 1)], sent: body, cutOff: true };
    case 'chunked':
      return {
        lines: ['Transfer-Encoding: chunked'],
        sent: body.length > 0 ? chunk : Buffer.from('0\r\n\r\n'),
        cutOff: false,
      };
    case 'broken chunks':
      return { lines: ['Transfer-Encoding: chunked'], sent: Buffer.from('zz\r\nabc\r\n'), cutOff: true };
    case 'both':
      return { lines: [length(body.length), 'Transfer-Encoding: chunked'], sent: chunk, cutOff: true };
  }
}
