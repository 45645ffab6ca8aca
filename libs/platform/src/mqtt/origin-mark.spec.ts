import { OriginMark } from './origin-mark';

const origin = new OriginMark(Buffer.alloc(32, 1));
const mark = origin.sign('record', 'org/x/mHv1.0/a');

it('recognises its own mark on its topic alone', () => {
  expect(origin.isOurs(mark, 'org/x/mHv1.0/a')).toBe(true);
  expect(origin.isOurs(mark, 'org/x/mHv1.0/b')).toBe(false);
  expect(new OriginMark(Buffer.alloc(32, 2)).isOurs(mark, 'org/x/mHv1.0/a')).toBe(false);
});

it.each([undefined, '', '.', 'record', 'other' + mark.slice(6), mark.slice(0, -2), [mark, mark]])(
  'is no mark: %j',
  (value) => {
    expect(origin.isOurs(value, 'org/x/mHv1.0/a')).toBe(false);
  },
);
