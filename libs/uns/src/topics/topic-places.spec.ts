import fc from 'fast-check';
import { below, isBelow, nameOf, parentOf } from './topic-places';

describe('the place of a topic', () => {
  it('is told by its path', () => {
    expect([parentOf('mHv1.0/a/b'), parentOf('mHv1.0/a'), nameOf('mHv1.0/a/b')]).toEqual(['mHv1.0/a', null, 'b']);
  });

  it('is below another exactly where it lies between the ends', () => {
    const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const path = fc.array(fc.constantFrom('a', 'a-', 'a0', '0', ' ', 'ä', '😀'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, path, (one, other) => {
        const [topic, ancestor] = [`mHv1.0/${one.join('/')}`, `mHv1.0/${other.join('/')}`];
        const [from, to] = below(ancestor);
        expect(isBelow(topic, ancestor)).toBe(byCodePoints(topic, from) > 0 && byCodePoints(topic, to) < 0);
      }),
    );
  });
});
