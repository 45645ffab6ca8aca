import { EventParser } from './event-parser';

const STREAM = [
  'id: 1\nevent: open\ndata: {}\n\n',
  ': keep-alive\n\n',
  'id: 2\r\nevent: record\r\ndata: {"topic":"mHv1.0/a",\r\ndata: "value":1}\r\n\r\n',
  'event: gap\ndata:{"from":"2026-01-01T00:00:00.000Z"}\n\n',
].join('');

const EVENTS = [
  { id: '1', event: 'open', data: '{}' },
  { id: '2', event: 'record', data: '{"topic":"mHv1.0/a",\n"value":1}' },
  { id: '2', event: 'gap', data: '{"from":"2026-01-01T00:00:00.000Z"}' },
];

describe('server-sent events', () => {
  it('are read in one piece', () => {
    expect(new EventParser().push(STREAM)).toEqual(EVENTS);
  });

  it.each([1, 2, 3, 7, 20])('are the same in pieces of %i', (size) => {
    const parser = new EventParser();
    const pieces = STREAM.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(EVENTS);
  });

  it('wait for their end', () => {
    expect(new EventParser().push('event: record\ndata: 1\n')).toEqual([]);
  });
});
