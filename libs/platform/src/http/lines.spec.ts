import { CSV, NDJSON, toLines } from './lines';

const ENTRIES = [
  { topic: 'a', value: 1.5, source: null },
  { topic: 'b, "c"', value: { rpm: 2 }, source: 'plc\n1', reason: 'why' },
  { topic: 'd', value: '=1+1', source: '' },
];

describe('a list as lines', () => {
  it('is CSV with the columns of all entries', () => {
    const lines = ['topic,value,source,reason', 'a,1.5,,', '"b, ""c""","{""rpm"":2}","plc\n1",why', 'd,=1+1,,', ''];
    expect(toLines(ENTRIES, CSV)).toBe(lines.join('\r\n'));
  });

  it('is a JSON document a line', () => {
    const lines = toLines(ENTRIES, NDJSON).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(ENTRIES);
  });

  it('is empty for nothing', () => {
    expect(toLines([], NDJSON)).toBe('');
  });
});
