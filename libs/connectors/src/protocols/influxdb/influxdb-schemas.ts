import type { FunctionType, ObjectSchema } from '../protocol';
import { statementProblems } from '../sql/bound-sql';
import { MOST_ROWS, USUAL_ROWS } from '../sql/result-rows';
import { integer, objectOf, oneOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';
import { PRECISIONS } from './line-protocol';

export const API_VERSIONS = ['v1', 'v2'] as const;

const name = (description: string) => text(description, { minLength: 1, maxLength: 200 });

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    url: text('Address of the server; http or https', { minLength: 1, examples: ['http://localhost:8086'] }),
    api: oneOf(
      'How points are written. v1: into a database of InfluxDB 1; v2: into a bucket of InfluxDB 2 and later',
      API_VERSIONS,
      'v1',
    ),
    database: name('v1: the database'),
    retentionPolicy: name('v1: the retention policy; the usual one of the database where not given'),
    username: name('v1: name of the user, where the server asks for one'),
    password: secret('v1: password of the user'),
    organization: name('v2: name or id of the organization'),
    bucket: name('v2: name of the bucket'),
    token: secret('v2: the API token'),
    timeoutMs: timeoutMs(),
    tls: tlsSchema(),
  },
  ['url'],
  {
    allOf: [
      {
        if: { properties: { api: { const: 'v2' } }, required: ['api'] },
        then: { required: ['organization', 'bucket', 'token'] },
        else: { required: ['database'] },
      },
    ],
  },
);

const point = {
  type: 'object',
  properties: {
    measurement: name('What is measured'),
    tags: {
      type: 'object',
      description: 'What the point is found by; those that are empty or null are left out',
      maxProperties: 100,
    },
    fields: {
      type: 'object',
      description: 'The values: numbers, texts, booleans; anything else as JSON, and null is left out',
      minProperties: 1,
      maxProperties: 1_000,
    },
    timestamp: {
      description:
        'RFC 3339, or an integer in the precision that is given; the time at which the server takes the point where there is none',
      type: ['string', 'integer'],
    },
  },
  required: ['measurement', 'fields'],
  additionalProperties: false,
};

const SELECT =
  'SELECT mean("value") FROM "temperature" WHERE "line" = ((line)) AND time > now() - 1h GROUP BY time(5m)';

export const FUNCTIONS: readonly FunctionType[] = [
  {
    type: 'influxdb.query',
    title: 'Query',
    description: 'Runs a statement of InfluxQL and gives rows; a user who may only read keeps it from writing',
    kind: 'call',
    config: objectOf(
      {
        sql: text('InfluxQL; ((name)) is a parameter, bound as a value where the language takes one (after WHERE)', {
          minLength: 1,
          maxLength: 100_000,
          examples: [SELECT],
        }),
        maxRows: integer('Rows that are given at most; 10 MiB hold too', 1, MOST_ROWS, { default: USUAL_ROWS }),
      },
      ['sql'],
    ),
    example: { sql: SELECT },
    verbatim: ['sql'],
    check: statementProblems,
  },
  {
    type: 'influxdb.write',
    title: 'Write',
    description: 'Writes points; one of the same series and time takes the place of the earlier one',
    kind: 'call',
    config: objectOf(
      {
        points: { type: 'array', description: 'The points', minItems: 1, maxItems: MOST_ROWS, items: point },
        precision: oneOf('What times that are numbers count', PRECISIONS, 'ms'),
        integerFields: {
          type: 'array',
          description: 'Fields that are integers in the database; numbers are floats otherwise',
          maxItems: 1_000,
          items: name('Name of a field'),
        },
      },
      ['points'],
    ),
    example: {
      points: [{ measurement: 'temperature', tags: { line: '((line))' }, fields: { value: '((value))' } }],
    },
  },
];
