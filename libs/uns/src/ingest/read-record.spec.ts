import { DomainError } from '#kernel';
import { readMessage, readRecord, readRecords } from './read-record';

const topic = 'mHv1.0/line-1/temperature';
const plain = { topic, value: 1, source: null, timestamp: null, quality: 'good' };

/** The refusal as callers get it: the message, or all messages by their field. */
function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.kind).toBe('bad_request');
    return error.details ?? error.message;
  }
  throw new Error('nothing was refused');
}

describe('readRecord', () => {
  it('fills in what may be left out', () => {
    expect(readRecord({ topic, value: 1 })).toEqual(plain);
    expect(readRecord({ topic, value: 1, source: null, timestamp: null, quality: null })).toEqual(plain);
  });

  it('takes everything a record has', () => {
    const record = { topic, value: { a: [1] }, source: 'plc-01', timestamp: '2026-01-01T00:00:00Z', quality: 'bad' };
    expect(readRecord(record)).toEqual({ ...record, timestamp: Date.UTC(2026, 0, 1) });
  });

  it.each([null, false, 0, '', [], {}])('takes the value %j', (value) => {
    expect(readRecord({ topic, value })).toEqual({ ...plain, value });
  });

  it.each([
    [undefined, 'Body must be a JSON object'],
    [null, 'Body must be a JSON object'],
    [[], 'Body must be a JSON object'],
    ['text', 'Body must be a JSON object'],
    [{ value: 1 }, 'Topic is required'],
    [{ topic: null, value: 1 }, 'Topic is required'],
    [{ topic: '', value: 1 }, 'Topic is required'],
    [{ topic: 5, value: 1 }, 'Topic must be a string'],
    [{ topic: 'factory', value: 1 }, 'Topic must start with mHv1.0/'],
    [{ topic }, 'Value is required'],
    [{ topic, value: ['\0'] }, 'Value contains the NUL character'],
    [{ topic, value: 1, source: 5 }, 'Source must be a string'],
    [{ topic, value: 1, source: 'x'.repeat(256) }, 'Source must be at most 255 characters long'],
    [{ topic, value: 1, source: '\0' }, 'Source contains the NUL character'],
    [{ topic, value: 1, timestamp: 'now' }, 'Timestamp must be RFC 3339 or integer epoch milliseconds'],
    [
      { topic, value: 1, timestamp: '2026-02-30T00:00:00Z' },
      'Timestamp must be RFC 3339 or integer epoch milliseconds',
    ],
    [{ topic, value: 1, quality: 'GOOD' }, 'Quality must be one of good, uncertain, bad'],
    [{ topic, value: 1, unit: 'C' }, 'Unit is not a known field'],
    [JSON.parse(`{"topic":"${topic}","value":1,"__proto__":1}`), '__proto__ is not a known field'],
  ])('refuses %j', (input, message) => {
    expect(refusal(() => readRecord(input))).toBe(message);
  });

  it('names every problem', () => {
    expect(refusal(() => readRecord({ quality: 1, unit: 'C' }))).toEqual([
      { field: 'topic', message: 'Topic is required' },
      { field: 'value', message: 'Value is required' },
      { field: 'quality', message: 'Quality must be one of good, uncertain, bad' },
      { field: 'unit', message: 'Unit is not a known field' },
    ]);
  });

  it('says no more than that there is an unknown field when there are very many', () => {
    const strangers = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`x${index}`, 1]));
    expect(refusal(() => readRecord({ topic, value: 1, ...strangers }))).toBe('X0 is not a known field');
  });
});

describe('readRecords', () => {
  it('reads them in their order', () => {
    const values = readRecords({ records: [3, 1, 2].map((value) => ({ topic, value })) }, 3).map(({ value }) => value);
    expect(values).toEqual([3, 1, 2]);
  });

  it.each([
    [undefined, 'Records is required'],
    [[], 'Records is required'],
    [{}, 'Records is required'],
    [{ records: {} }, 'Records must be an array'],
    [{ records: null }, 'Records must be an array'],
    [{ records: [] }, 'Records must hold 1 to 2 entries'],
    [{ records: [1, 2, 3] }, 'Records must hold 1 to 2 entries'],
    [{ records: [1] }, 'Record must be a JSON object'],
    [{ records: [], unit: 'C' }, 'Unit is not a known field'],
    [{ records: [{ topic, value: 1 }, { topic }] }, 'Value is required'],
  ])('refuses %j', (input, message) => {
    expect(refusal(() => readRecords(input, 2))).toBe(message);
  });

  it('says which record is bad', () => {
    expect(refusal(() => readRecords({ records: [{ topic, value: 1 }, {}] }, 2))).toEqual([
      { field: 'records[1].topic', message: 'Topic is required' },
      { field: 'records[1].value', message: 'Value is required' },
    ]);
  });
});

describe('readMessage', () => {
  it.each([
    ['72.5', { value: 72.5 }],
    ['null', { value: null }],
    ['{"value":1}', { value: 1 }],
    ['{"value":null,"source":"plc","quality":"bad"}', { value: null, source: 'plc', quality: 'bad' }],
    ['{"value":1,"timestamp":"2026-01-01T00:00:00Z"}', { value: 1, timestamp: Date.UTC(2026, 0, 1) }],
    ['{"value":1,"timestamp":5}', { value: 1, timestamp: 5 }],
    ['{"value":1,"unit":"C"}', { value: { value: 1, unit: 'C' } }],
    ['{"value":1,"topic":"mHv1.0/other"}', { value: { value: 1, topic: 'mHv1.0/other' } }],
    ['{"value":1,"__proto__":{}}', { value: JSON.parse('{"value":1,"__proto__":{}}') as unknown }],
    ['{"timestamp":1}', { value: { timestamp: 1 } }],
    ['[{"value":1}]', { value: [{ value: 1 }] }],
    ['"{\\"value\\":1}"', { value: '{"value":1}' }],
    ['12,5', { value: '12,5' }],
    ['NaN', { value: 'NaN' }],
    ['', { value: '' }],
    ['\ufeff1', { value: '\ufeff1' }],
  ])('%s', (text, expected) => {
    expect(readMessage(topic, Buffer.from(text))).toEqual({ ...plain, ...expected });
  });

  it.each([
    [Buffer.of(0xff), 'Value must be valid UTF-8'],
    [Buffer.of(0xed, 0xa0, 0x80), 'Value must be valid UTF-8'],
    [Buffer.from('a\0'), 'Value contains the NUL character'],
    [Buffer.from('"\\ud800"'), 'Value is not valid Unicode'],
    [Buffer.from('1e999'), 'Value contains a number out of range'],
    [Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 'Value is nested deeper than 64 levels'],
    [Buffer.from('{"value":1,"timestamp":"soon"}'), 'Timestamp must be RFC 3339 or integer epoch milliseconds'],
    [Buffer.from('{"value":1,"quality":"fine"}'), 'Quality must be one of good, uncertain, bad'],
  ])('refuses case %#', (payload, message) => {
    expect(refusal(() => readMessage(topic, payload))).toBe(message);
  });

  it('refuses topics that are none, whatever the broker let through', () => {
    expect(refusal(() => readMessage('other/topic', Buffer.from('1')))).toBe('Topic must start with mHv1.0/');
  });
});
