import { rangesOf } from '../support/ranges';
import type { Tag } from './s7-config';
import { spanOf, valueIn } from './s7-tags';

const valueOf = (tag: Omit<Tag, 'name'>, hex: string) => {
  const span = spanOf({ name: 'tag', ...tag });
  const before = { ...span, address: span.address - 1, quantity: 1 };
  const [range] = rangesOf([before, span], { maxGap: 0, most: () => 1_000 });
  return valueIn(Buffer.from(hex, 'hex'), range!, span);
};

describe('tags of S7', () => {
  it('lie in their area, as long as their type', () => {
    expect(spanOf({ name: 'a', address: 'DB5.DBB10', dataType: 'STRING', length: 20 })).toMatchObject({
      space: '132 5',
      address: 10,
      quantity: 22,
    });
    expect(spanOf({ name: 'a', address: 'MD4', dataType: 'REAL', count: 3 })).toMatchObject({
      address: 4,
      quantity: 12,
    });
    expect(spanOf({ name: 'a', address: 'T5', count: 3 })).toMatchObject({ space: '29 0', address: 5, quantity: 3 });
  });

  it.each([
    [{ address: 'DB1.DBW1', dataType: 'INT' }, '00fffe', -2],
    [{ address: 'DB1.DBW1' }, '00fffe', 65_534],
    [{ address: 'M1.2' }, '0004', true],
    [{ address: 'MW1', dataType: 'INT', count: 2 }, '0000010002', [1, 2]],
    [{ address: 'DB1.DBB1', dataType: 'STRING', length: 3 }, '000302414200', 'AB'],
    [{ address: 'C1', count: 2 }, '000001270128', [127, 128]],
  ] as const)('%j in %s is %j', (tag, hex, value) => {
    expect(valueOf(tag, hex)).toEqual(value);
  });

  it('have addresses', () => {
    expect(() => spanOf({ name: 'a', address: 'DB1' })).toThrow('DB1 is no address of S7');
  });
});
