import type { ObjectSchema } from '../protocol';
import { POLL_MEMBERS, tagDeadBand } from '../support/poll';
import { host, integer, objectOf, oneOf, port, text, timeoutMs } from '../support/schema';
import { ADDRESS } from './s7-address';
import { CONNECTION_TYPES } from './s7-config';
import { DATA_TYPES } from './s7-values';

export const CONNECTION_SCHEMA = objectOf(
  {
    host: host(),
    port: port(102),
    rack: integer('Rack of the CPU', 0, 7, { default: 0 }),
    slot: integer('Slot of the CPU: 1 for S7-1200 and S7-1500, 2 for S7-300', 0, 31, { default: 1 }),
    connectionType: oneOf('Which of the connections of the PLC is taken', Object.keys(CONNECTION_TYPES), 'PG'),
    connectTimeoutMs: integer('Milliseconds that connecting may take', 1_000, 60_000, { default: 5_000 }),
    responseTimeoutMs: integer('Milliseconds in which the PLC has to answer a request', 10, 300_000, {
      default: 10_000,
    }),
    timeoutMs: timeoutMs(),
    pauseMs: integer('Milliseconds between an answer and the next request', 0, 10_000, { default: 0 }),
  },
  ['host'],
);

const SHAPE: ObjectSchema['properties'] = {
  address: text('DB1.DBX0.3, DB1.DBW4, DB1.DBD8, I0.0, QB2, MW10, T5, C3. Longer values begin there: DB1.DBB20', {
    maxLength: 100,
    pattern: ADDRESS,
    examples: ['DB1.DBD4'],
  }),
  dataType: oneOf('Type of the value. Where not given: BOOL, BYTE, WORD or DWORD, by the address', DATA_TYPES),
  length: integer('STRING and WSTRING: characters that it is declared with', 1, 16_382, { default: 254 }),
};

const tagsWith = (tagMembers: ObjectSchema['properties'], more: ObjectSchema['properties']) =>
  objectOf(
    {
      tags: {
        type: 'array',
        description: 'What is read. Tags that lie side by side come by one request',
        minItems: 1,
        maxItems: 500,
        items: {
          ...objectOf(
            {
              name: text('What the value is called in the answer', { minLength: 1, maxLength: 200 }),
              ...SHAPE,
              count: integer('How many values of the type, side by side; more than one make a list', 1, 1_000, {
                default: 1,
              }),
              ...tagMembers,
            },
            ['name', 'address'],
          ),
        },
      },
      maxGap: integer('How many bytes between two tags are read along to save a request', 0, 200, { default: 16 }),
      ...more,
    },
    ['tags'],
  );

export const READ_TAGS = tagsWith({}, {});
export const POLL_TAGS = tagsWith({ deadBand: tagDeadBand() }, POLL_MEMBERS);

export const WRITE = objectOf(
  {
    ...SHAPE,
    value: {
      type: ['number', 'boolean', 'string', 'array'],
      description:
        'A boolean for BOOL; text for CHAR, STRING, WSTRING and whole numbers beyond 53 bits; a list for an array',
      maxLength: 16_382,
      maxItems: 1_000,
    },
  },
  ['address', 'value'],
);
