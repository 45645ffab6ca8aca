import { ago, formatNumber, formatValue, shortTopic, show, showText, thresholdColor } from './format';

describe('values', () => {
  it.each([
    [1450, undefined, '1,450'],
    [72.456, undefined, '72.46'],
    [0.012345, undefined, '0.0123'],
    [1234.567, undefined, '1,234.6'],
    [72.456, 1, '72.5'],
    [72, 2, '72.00'],
    [1e21, undefined, '1.00e+21'],
    [Number.NaN, undefined, '–'],
  ])('%d with %s decimals are %s', (value, decimals, text) => {
    expect(formatNumber(value, decimals)).toBe(text);
  });

  it.each([
    [null, '–'],
    [true, 'on'],
    ['running', 'running'],
    [{ rpm: 1 }, '{"rpm":1}'],
  ])('%j is %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it('are mapped first', () => {
    const mappings = [{ value: 1, label: 'Running', color: 'green' }];
    expect(show(1, { mappings, unit: 'x' })).toEqual({ text: 'Running', unit: '', color: 'green' });
    expect(showText(2, { mappings, unit: 'x' })).toBe('2\u00a0x');
  });

  it('have the colour of the highest threshold they reach', () => {
    const thresholds = [
      { value: 80, color: 'red' },
      { value: 0, color: 'green' },
      { value: 60, color: 'orange' },
    ];
    const colors = [-1, 0, 79.9, 80, 'a'].map((value) => thresholdColor(value, thresholds));
    expect(colors).toEqual([undefined, 'green', 'orange', 'red', undefined]);
  });

  it('tell how old they are', () => {
    const ages = [0, 30, 90, 7_200, 200_000].map((seconds) => ago(1_000_000_000_000 - seconds * 1000, 1e12));
    expect(ages).toEqual(['just now', '30 s ago', '1 min ago', '2 h ago', '2 d ago']);
  });

  it('have short topics', () => {
    expect(shortTopic('mHv1.0/factory/line-1/temperature')).toBe('line-1 / temperature');
  });
});
