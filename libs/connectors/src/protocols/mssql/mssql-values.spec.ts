import { boundValue, typeName, valueOf } from './mssql-values';

describe('values of SQL Server', () => {
  const date = (iso: string, nanosecondsDelta = 0) => Object.assign(new Date(iso), { nanosecondsDelta });

  it.each([
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['bigint', '42', 42],
    ['int', 42, 42],
    ['bit', true, true],
    ['varbinary', Buffer.from([222, 173]), '3q0='],
    ['date', date('2024-02-29T00:00:00Z'), '2024-02-29'],
    ['datetime2', date('2024-02-29T12:00:00.123Z', 0.0004567), '2024-02-29T12:00:00.1234567'],
    ['datetime', date('2024-02-29T12:00:00Z'), '2024-02-29T12:00:00'],
    ['datetimeoffset', date('2024-02-29T12:00:00.100Z'), '2024-02-29T12:00:00.1Z'],
    ['time', date('1970-01-01T20:10:30Z'), '20:10:30'],
    ['nvarchar', 'text', 'text'],
    ['int', null, null],
  ])('%s %p is %p', (type, value, expected) => {
    expect(valueOf(type, value)).toBe(expected);
  });

  it.each([
    ['IntN', 8, 'bigint'],
    ['IntN', 4, 'int'],
    ['DateTimeN', 4, 'smalldatetime'],
    ['DecimalN', 17, 'decimal'],
    ['NVarChar', 100, 'nvarchar'],
    ['DateTimeOffset', undefined, 'datetimeoffset'],
  ])('%s of %s bytes is called %s', (name, dataLength, expected) => {
    expect(typeName({ colName: 'x', type: { name }, dataLength })).toBe(expected);
  });

  it.each([
    ['x', 'NVarChar', 'x'],
    [null, 'NVarChar', null],
    [true, 'Bit', true],
    [5, 'Int', 5],
    [-(2 ** 31), 'BigInt', -(2 ** 31)],
    [2 ** 40, 'BigInt', 2 ** 40],
    [1.5, 'Float', 1.5],
    [1e300, 'Float', 1e300],
    [{ a: [1] }, 'NVarChar', '{"a":[1]}'],
  ])('%p is bound as %s', (given, type, value) => {
    expect(boundValue(given)).toEqual({ type, value });
  });
});
