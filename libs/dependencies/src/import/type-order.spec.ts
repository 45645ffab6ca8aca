import fc from 'fast-check';
import { typesInOrder, undoOrder, type OrderedType } from './type-order';

const TYPES: OrderedType[] = [
  { type: 'topic', after: ['model'], holdsOthersUp: true },
  { type: 'pipeline', after: ['connection', 'model'] },
  { type: 'model', after: [] },
  { type: 'connection', after: [] },
  { type: 'zone', after: [] },
];

const textOf = (types: readonly OrderedType[]): string[] =>
  undoOrder(types).map(({ action, type }) => `${action} ${type}`);

describe('types', () => {
  it('come after those that they need, and late where they hold others up', () => {
    expect(typesInOrder(TYPES)).toEqual(['connection', 'model', 'pipeline', 'zone', 'topic']);
  });

  it('hold others up late also where their import is undone', () => {
    expect(textOf(TYPES)).toEqual([
      'restore connection',
      'restore model',
      'restore pipeline',
      'restore zone',
      'remove zone',
      'remove pipeline',
      'remove connection',
      'restore topic',
      'remove topic',
      'remove model',
    ]);
  });

  it('are restored after, and removed before, whatever they may refer to', () => {
    const types = fc.array(fc.record({ needs: fc.array(fc.nat(7)), late: fc.boolean() }), { maxLength: 8 }).map((all) =>
      all.map(({ needs, late }, n): OrderedType => {
        const after = [...new Set(needs.filter((need) => need < n))].map((need) => `t${need}`);
        return { type: `t${n}`, after, holdsOthersUp: late };
      }),
    );
    fc.assert(
      fc.property(types, (all) => {
        const order = textOf(all);
        expect(order).toHaveLength(2 * all.length);
        const at = (part: string): number => order.indexOf(part);
        for (const { type, after } of all) {
          expect(at(`restore ${type}`)).toBeLessThan(at(`remove ${type}`));
          for (const needed of after) {
            expect(at(`restore ${needed}`)).toBeLessThan(at(`restore ${type}`));
            expect(at(`restore ${type}`)).toBeLessThan(at(`remove ${needed}`));
            expect(at(`remove ${type}`)).toBeLessThan(at(`remove ${needed}`));
          }
        }
      }),
    );
  });
});
