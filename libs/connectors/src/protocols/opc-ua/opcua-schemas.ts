import { flag, host, integer, objectOf, oneOf, pem, port, secret, text, timeoutMs } from '../support/schema';

/** The two older ones (Basic128Rsa15, Basic256) are broken, and are left out. */
export const POLICIES = ['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'] as const;

/** Attributes by their numbers in the standard. */
export const ATTRIBUTES = {
  NodeId: 1,
  NodeClass: 2,
  BrowseName: 3,
  DisplayName: 4,
  Description: 5,
  Value: 13,
  DataType: 14,
  ValueRank: 15,
  ArrayDimensions: 16,
  AccessLevel: 17,
  UserAccessLevel: 18,
  MinimumSamplingInterval: 19,
  Historizing: 20,
  Executable: 21,
} as const;

/** Built-in types by their numbers in the standard, as far as values can be written. */
export const WRITABLE_TYPES = {
  Boolean: 1,
  SByte: 2,
  Byte: 3,
  Int16: 4,
  UInt16: 5,
  Int32: 6,
  UInt32: 7,
  Int64: 8,
  UInt64: 9,
  Float: 10,
  Double: 11,
  String: 12,
  DateTime: 13,
  Guid: 14,
  ByteString: 15,
  LocalizedText: 21,
} as const;

const auth = {
  type: 'object',
  description: 'How the server is told who comes',
  properties: {
    type: { enum: ['anonymous', 'userName'], default: 'anonymous' },
    username: text('userName: name of the user', { minLength: 1, maxLength: 500 }),
    password: secret('userName: password'),
  },
  required: ['type'],
  additionalProperties: false,
  allOf: [{ if: { properties: { type: { const: 'userName' } } }, then: { required: ['username', 'password'] } }],
};

const security = {
  ...objectOf({
    policy: oneOf('How messages are secured', POLICIES, 'None'),
    mode: oneOf('Whether messages are signed and encrypted', ['None', 'Sign', 'SignAndEncrypt'], 'None'),
    certificate: pem(
      'Certificate (PEM) of this client, with the URI by which it calls itself; the server has to trust it',
    ),
    privateKey: pem('Private key (PEM) of that certificate', { 'x-secret': true }),
    trusted: pem('Certificates (PEM) of servers, or of authorities that issue them, that are trusted'),
    rejectUnauthorized: flag('Whether the certificate of the server has to be trusted', true),
  }),
};

export const CONNECTION_SCHEMA = objectOf(
  {
    host: host(),
    port: port(4840),
    path: text('Path of the endpoint, where it has one', { default: '', pattern: '^(/[^\\s?#]*)?$' }),
    security,
    auth,
    connectTimeoutMs: integer('Milliseconds that connecting and signing in may take', 1_000, 60_000, {
      default: 10_000,
    }),
    timeoutMs: timeoutMs(),
  },
  ['host'],
);

const nodeId = (description: string, more: object = {}) =>
  text(`${description}: ns=2;s=Machine.Speed, or nsu=http://example.com/;i=1001`, {
    minLength: 3,
    maxLength: 1_000,
    pattern: '^(ns=[^;]+;|nsu=[^;]+;)?[isgb]=',
    ...more,
  });

const name = text('What the value is called; its node id where not given', { minLength: 1, maxLength: 200 });

export const READ = objectOf(
  {
    nodeId: nodeId('The node'),
    attribute: oneOf('What of the node is read', Object.keys(ATTRIBUTES), 'Value'),
  },
  ['nodeId'],
);

export const BATCH_READ = objectOf(
  {
    nodes: {
      type: 'array',
      description: 'The nodes whose values are read',
      minItems: 1,
      maxItems: 1_000,
      items: { ...objectOf({ name, nodeId: nodeId('The node') }, ['nodeId']) },
    },
  },
  ['nodes'],
);

export const WRITE = objectOf(
  {
    nodeId: nodeId('The node'),
    value: {
      type: ['number', 'boolean', 'string', 'array'],
      description: 'A list for arrays; dates as RFC 3339, bytes in base64, whole numbers beyond 53 bits as text',
    },
    dataType: oneOf('Type of the value; the server is asked where not given', Object.keys(WRITABLE_TYPES)),
  },
  ['nodeId', 'value'],
);

export const BROWSE = objectOf({
  nodeId: nodeId('Where to look; the folder Objects where not given', { default: 'i=85' }),
  limit: integer('How many references are given at most', 1, 10_000, { default: 1_000 }),
});

export const CALL = objectOf(
  {
    objectId: nodeId('The object that has the method'),
    methodId: nodeId('The method'),
    arguments: { type: 'array', description: 'Its input arguments, in their order', maxItems: 100, default: [] },
  },
  ['objectId', 'methodId'],
);

/** What is not given for a single node is that of all. */
const sampling = (presets: { samplingIntervalMs?: object; queueSize?: object; deadBand?: object } = {}) => ({
  samplingIntervalMs: integer('Milliseconds between two looks of the server at a value', 0, 86_400_000, {
    ...presets.samplingIntervalMs,
  }),
  queueSize: integer('Values of a node that the server keeps until it publishes them; the newest are kept', 1, 10_000, {
    ...presets.queueSize,
  }),
  deadBand: {
    type: 'number',
    minimum: 0,
    description: 'How far a number has to be from the one before, for the server to report it',
    ...presets.deadBand,
  },
});

export const MONITOR = objectOf(
  {
    nodes: {
      type: 'array',
      description: 'The nodes whose values are reported when they change',
      minItems: 1,
      maxItems: 1_000,
      items: { ...objectOf({ name, nodeId: nodeId('The node'), ...sampling() }, ['nodeId']) },
    },
    publishingIntervalMs: integer('Milliseconds between two reports of the server', 10, 3_600_000, { default: 1_000 }),
    ...sampling({ samplingIntervalMs: { default: 500 }, queueSize: { default: 10 }, deadBand: { default: 0 } }),
  },
  ['nodes'],
);
