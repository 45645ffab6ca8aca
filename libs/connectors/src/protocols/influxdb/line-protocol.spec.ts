import { lineOf, type Point, type PointOptions } from './line-protocol';

const line = (point: Partial<Point>, options: PointOptions = {}) =>
  lineOf({ measurement: 'm', fields: { v: 1 }, ...point }, 'points[0]', options);

describe('a point in line protocol', () => {
  it.each<[Partial<Point>, string]>([
    [{}, 'm v=1'],
    [{ measurement: 'a, b=c "d"' }, 'a\\,\\ b=c\\ "d" v=1'],
    [{ tags: { 'k, =': 'a, =b', none: null, empty: '', flag: true } }, 'm,k\\,\\ \\==a\\,\\ \\=b,flag=true v=1'],
    [{ fields: { f: 1.5, b: false, t: 'a "b" \\c, =', none: null } }, 'm f=1.5,b=false,t="a \\"b\\" \\\\c, ="'],
    [{ fields: { o: { a: 'x"' } } }, 'm o="{\\"a\\":\\"x\\\\\\"\\"}"'],
    [{ fields: { big: 1e21 } }, 'm big=1e+21'],
    [{ fields: { lines: 'a\nb' } }, 'm lines="a\nb"'],
  ])('%j is %s', (point, expected) => {
    expect(line(point)).toBe(expected);
  });

  it.each<[string | number, PointOptions['precision'], string]>([
    ['2024-02-29T12:00:00Z', undefined, '1709208000000000000'],
    ['2024-02-29T13:00:00.123456789+01:00', 's', '1709208000123456789'],
    ['2024-02-29t12:00:00.5z', undefined, '1709208000500000000'],
    [1709208000123, undefined, '1709208000123000000'],
    [1709208000, 's', '1709208000000000000'],
    ['1709208000123456789', 'ns', '1709208000123456789'],
    [-5, 'us', '-5000'],
  ])('at %p (%s) has the time %s', (timestamp, precision, expected) => {
    expect(line({ timestamp }, { precision })).toBe(`m v=1 ${expected}`);
  });

  it('writes fields as integers where it is told to', () => {
    const fields = { n: 3, big: '9223372036854775807', f: 3 };
    expect(line({ fields }, { integerFields: ['n', 'big'] })).toBe('m n=3i,big=9223372036854775807i,f=3');
  });

  it.each<[Partial<Point>, string]>([
    [{ fields: {} }, 'points[0].fields has no value'],
    [{ measurement: '' }, 'points[0].measurement must not be empty'],
    [{ measurement: 'a\nb v=2' }, 'points[0].measurement must have no control characters'],
    [{ tags: { t: 'x\\' } }, 'points[0].tags.t must have no control characters, and no backslash at its end'],
    [{ tags: { 'k\n': 'x' } }, 'must have no control characters'],
    [{ fields: { n: 1.5 } }, 'points[0].fields.n must be an integer'],
    [{ fields: { n: '1i,x=2' } }, 'points[0].fields.n must be an integer'],
    [{ timestamp: 'today' }, 'points[0].timestamp must be a time by RFC 3339 or an integer'],
    [{ timestamp: 1.5 }, 'points[0].timestamp must be'],
    [{ timestamp: '2024-02-30T99:00:00Z' }, 'points[0].timestamp must be'],
  ])('%j is refused: %s', (point, message) => {
    expect(() => line(point, { integerFields: ['n'] })).toThrow(message);
  });
});
