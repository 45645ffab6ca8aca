import type { ObjectSchema } from '../protocol';
import { POLL_MEMBERS, tagDeadBand } from '../support/poll';
import { host, integer, objectOf, oneOf, port, text, timeoutMs } from '../support/schema';
import { AREAS } from './modbus-areas';
import { DATA_TYPES } from './modbus-values';

const unit = (more: string, preset?: number) =>
  integer(`Unit (slave) at that address; 0 to 247, 255 for devices that have no units${more}`, 0, 255, {
    ...(preset !== undefined && { default: preset }),
  });

export const CONNECTION_SCHEMA = objectOf(
  {
    host: host('localhost'),
    port: port(502),
    unitId: unit('. Functions may name another. This one is asked whether it is there', 1),
    connectTimeoutMs: integer('Milliseconds that connecting may take', 1_000, 60_000, { default: 3_000 }),
    responseTimeoutMs: integer('Milliseconds in which the device has to answer a request', 10, 60_000, {
      default: 3_000,
    }),
    timeoutMs: timeoutMs(),
    pauseMs: integer('Milliseconds between an answer and the next request, for devices that need them', 0, 10_000, {
      default: 0,
    }),
  },
  ['host'],
);

const AREA = oneOf(
  'Which of the tables of the device: coils and discrete inputs are bits, the others are registers of 16 bits',
  AREAS,
  'holdingRegister',
);

const address = integer('The address as the protocol counts, from 0: the holding register 40001 is 0', 0, 65_535);

const FORMAT: ObjectSchema['properties'] = {
  dataType: oneOf(
    'What registers hold. raw: the registers as they are; bits: 16 for each register, the lowest first; string and hex: all registers together',
    DATA_TYPES,
    'uint16',
  ),
  byteOrder: oneOf('Of the two bytes of a register', ['big', 'little'], 'big'),
  wordOrder: oneOf('Of the registers of a value; little: the lowest first', ['big', 'little'], 'big'),
  scale: { type: 'number', not: { const: 0 }, default: 1, description: 'Numbers of the device are multiplied by this' },
  offset: { type: 'number', default: 0, description: 'And this is added' },
};

const OWN_UNIT = { unitId: unit('; that of the connection where not given') };

export const READ_BITS = objectOf(
  { ...OWN_UNIT, address, quantity: integer('How many bits', 1, 2_000, { default: 1 }) },
  ['address'],
);

export const READ_REGISTERS = objectOf(
  {
    ...OWN_UNIT,
    address,
    quantity: integer('How many registers; those of one value where not given', 1, 125),
    ...FORMAT,
  },
  ['address'],
);

export const WRITE_COIL = objectOf({ ...OWN_UNIT, address, value: { type: 'boolean', description: 'On or off' } }, [
  'address',
  'value',
]);

export const WRITE_COILS = objectOf(
  {
    ...OWN_UNIT,
    address: { ...address, description: 'Address of the first, from 0' },
    values: { type: 'array', description: 'On or off', minItems: 1, maxItems: 1_968, items: { type: 'boolean' } },
  },
  ['address', 'values'],
);

const WRITTEN = {
  type: ['number', 'boolean', 'string'],
  description: 'A number; a boolean for bool; text for string, hex, and whole numbers beyond 53 bits',
  maxLength: 500,
};

export const WRITE_REGISTER = objectOf(
  {
    ...OWN_UNIT,
    address,
    value: { ...WRITTEN, description: 'A number, or a boolean for bool' },
    ...FORMAT,
    dataType: oneOf('What the register holds', ['raw', 'int16', 'uint16', 'bool'], 'uint16'),
  },
  ['address', 'value'],
);

export const WRITE_REGISTERS = objectOf(
  {
    ...OWN_UNIT,
    address: { ...address, description: 'Address of the first, from 0' },
    values: {
      type: 'array',
      description: 'Values one after the other; 123 registers at most',
      minItems: 1,
      maxItems: 123,
      items: WRITTEN,
    },
    ...FORMAT,
    dataType: oneOf(
      'What registers hold',
      DATA_TYPES.filter((type) => type !== 'bits'),
      'uint16',
    ),
  },
  ['address', 'values'],
);

const tag = (more: ObjectSchema['properties'] = {}) =>
  objectOf(
    {
      name: text('What the value is called in the answer', { minLength: 1, maxLength: 200 }),
      unitId: unit('; that of the function where not given'),
      area: AREA,
      address,
      quantity: integer('How many bits or registers; those of one value where not given. More make a list', 1, 2_000),
      ...FORMAT,
      bit: integer('bool: the bit of the register, 0 is the lowest; any of them where not given', 0, 15),
      ...more,
    },
    ['name', 'address'],
  );

const tagsWith = (tagMembers: ObjectSchema['properties'], more: ObjectSchema['properties']) =>
  objectOf(
    {
      ...OWN_UNIT,
      tags: {
        type: 'array',
        description: 'What is read. Tags that lie side by side come by one request',
        minItems: 1,
        maxItems: 500,
        items: { ...tag(tagMembers) },
      },
      maxGap: integer('How many bits or registers between two tags are read along to save a request', 0, 120, {
        default: 8,
      }),
      ...more,
    },
    ['tags'],
  );

export const READ_TAGS = tagsWith({}, {});
export const POLL_TAGS = tagsWith({ deadBand: tagDeadBand() }, POLL_MEMBERS);
