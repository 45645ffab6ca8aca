import type { Tag } from './modbus-config';
import { rangesOf } from '../support/ranges';
import { spanOf, valueIn, type Answer } from './modbus-tags';

const valueOf = (tag: Omit<Tag, 'name' | 'address'>, answer: Answer) => {
  const span = spanOf({ name: 'tag', address: 101, ...tag }, 7);
  const [range] = rangesOf([spanOf({ name: 'first', area: span.area, address: 100 }, 7), span], {
    maxGap: 0,
    most: () => 125,
  });
  return valueIn(answer, range!, span);
};

describe('tags', () => {
  it('lie in the unit of their function, in holding registers, as long as their type', () => {
    expect(spanOf({ name: 'a', address: 5, dataType: 'float64' }, 7)).toMatchObject({
      unitId: 7,
      area: 'holdingRegister',
      address: 5,
      quantity: 4,
    });
    expect(spanOf({ name: 'a', address: 5, unitId: 3, area: 'coil', quantity: 2 }, 7)).toMatchObject({
      unitId: 3,
      area: 'coil',
      quantity: 2,
    });
  });

  it.each([
    [{}, '00010002', 2],
    [{ dataType: 'int32' }, '0001ffffffff', -1],
    [{ dataType: 'int16', quantity: 2 }, '0001ffff0002', [-1, 2]],
    [{ dataType: 'bool' }, '00010004', true],
    [{ dataType: 'bool', bit: 2 }, '00010004', true],
    [{ dataType: 'bool', bit: 3 }, '00010004', false],
    [{ dataType: 'bool', bit: 0, quantity: 2 }, '000100050004', [true, false]],
    [{ dataType: 'string', quantity: 2 }, '000141424300', 'ABC'],
    [{ dataType: 'raw', quantity: 2 }, '000100050006', [5, 6]],
  ] as const)('%j in %s is %j', (tag, registers, value) => {
    expect(valueOf(tag, Buffer.from(registers, 'hex'))).toEqual(value);
  });

  it('are one bit or a list of them', () => {
    expect(valueOf({ area: 'coil' }, [false, true])).toBe(true);
    expect(valueOf({ area: 'coil', quantity: 2 }, [false, true, false])).toEqual([true, false]);
  });
});
