import { toCsv } from './csv';

describe('a panel as CSV', () => {
  it('has a line for each point, and nothing that a spreadsheet would run', () => {
    const topic = 'mHv1.0/a,"b"';
    const series = [
      {
        topic,
        field: 't',
        points: [
          [0, -1.5],
          [1_000, '=1+1'],
          [2_000, { a: 1 }],
        ] as [number, unknown][],
      },
    ];
    expect(toCsv(series).split('\r\n')).toEqual([
      'topic,field,timestamp,value',
      '"mHv1.0/a,""b""",t,1970-01-01T00:00:00.000Z,-1.5',
      `"mHv1.0/a,""b""",t,1970-01-01T00:00:01.000Z,'=1+1`,
      '"mHv1.0/a,""b""",t,1970-01-01T00:00:02.000Z,"{""a"":1}"',
      '',
    ]);
  });
});
