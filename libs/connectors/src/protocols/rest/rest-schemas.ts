import type { ObjectSchema } from '../protocol';
import { secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const AUTH_TYPES = ['none', 'apiKey', 'basic', 'oauth2', 'headers'] as const;

const auth = {
  type: 'object',
  description: 'How the server is told who calls',
  properties: {
    type: { enum: [...AUTH_TYPES], default: 'none' },
    in: { enum: ['header', 'query'], default: 'header', description: 'apiKey: where the key is sent' },
    name: text('apiKey: name of the header or of the query member', { minLength: 1, maxLength: 200 }),
    value: secret('apiKey: the key'),
    username: text('basic: name of the user'),
    password: secret('basic: password, empty where there is none'),
    tokenUrl: text('oauth2: token endpoint; client credentials are the grant'),
    clientId: text('oauth2: the client', { minLength: 1 }),
    clientSecret: secret('oauth2: its secret'),
    scope: text('oauth2: scopes to ask for, separated by blanks'),
    audience: text('oauth2: audience to ask for, for servers that demand one'),
    clientAuthentication: {
      enum: ['header', 'body'],
      default: 'header',
      description: 'oauth2: where client id and secret are sent (client_secret_basic or client_secret_post)',
    },
    headers: {
      type: 'object',
      description: 'headers: any headers with secret values',
      maxProperties: 50,
      additionalProperties: secret('Value of the header'),
    },
  },
  required: ['type'],
  additionalProperties: false,
  allOf: [
    needs('apiKey', 'name', 'value'),
    needs('basic', 'username'),
    needs('oauth2', 'tokenUrl', 'clientId', 'clientSecret'),
    needs('headers', 'headers'),
  ],
};

function needs(type: (typeof AUTH_TYPES)[number], ...required: string[]) {
  return { if: { properties: { type: { const: type } } }, then: { required } };
}

export const CONNECTION_SCHEMA: ObjectSchema = {
  type: 'object',
  properties: {
    baseUrl: text('Where every path begins; http or https', {
      minLength: 1,
      examples: ['https://mes.example.com/api'],
    }),
    healthPath: text('Path that answers with success when the server is well; the base URL itself where not given'),
    timeoutMs: timeoutMs(),
    headers: {
      type: 'object',
      description: 'Sent with every call; secret ones belong into auth',
      maxProperties: 50,
      additionalProperties: text('Value of the header'),
    },
    tls: tlsSchema(),
    auth,
  },
  required: ['baseUrl'],
  additionalProperties: false,
};

const scalar = { type: ['string', 'number', 'boolean'] };
const status = { type: 'integer', minimum: 200, maximum: 599 };

const REQUEST: ObjectSchema['properties'] = {
  path: text('Appended to the base URL; may have a query of its own', { maxLength: 8_000 }),
  query: {
    type: 'object',
    description: 'Members of the query; a list repeats its member',
    maxProperties: 100,
    additionalProperties: { anyOf: [scalar, { type: 'array', maxItems: 1_000, items: scalar }] },
  },
  headers: {
    type: 'object',
    description: 'Beside those of the connection',
    maxProperties: 50,
    additionalProperties: text('Value of the header', { maxLength: 10_000 }),
  },
  successStatus: {
    description: 'The statuses that count as success; otherwise all below 400',
    anyOf: [status, { type: 'array', minItems: 1, maxItems: 50, items: status }],
  },
};

const schemaWith = (more: ObjectSchema['properties']): ObjectSchema => ({
  type: 'object',
  properties: { ...REQUEST, ...more },
  required: ['path'],
  additionalProperties: false,
});

export const READ_SCHEMA = schemaWith({});

export const WRITE_SCHEMA = schemaWith({
  body: {
    description:
      'A text is sent as it is; anything else as JSON, or as a form where the header content-type says application/x-www-form-urlencoded',
  },
});
