import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './page';

describe('cursors', () => {
  it('round trip, and are safe in an address', () => {
    const position = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()));
    fc.assert(
      fc.property(position, (parts) => {
        const cursor = encodeCursor(parts);
        expect(cursor).toMatch(/^[\w-]*$/);
        expect(decodeCursor(cursor)).toEqual(parts);
      }),
    );
  });

  it.each(['null', '{}', '"a"', '[null]', '[["a"]]', '[true]', '["a"', ''])('are not %s', (json) => {
    expect(decodeCursor(Buffer.from(json).toString('base64url'))).toBeUndefined();
  });

  it('never throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeCursor(text)));
  });
});
