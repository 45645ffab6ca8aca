import fc from 'fast-check';
import { inPieces } from './pieces';

// eslint-disable-next-line @typescript-eslint/require-await
async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('pieces of lines', () => {
  it('are together what came, end with a line, and are no longer than they must', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' '))),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 200 }),
        async (lines, chunk, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const pieces: Buffer[] = [];
          for await (const piece of inPieces(chunksOf(bytes, chunk), size)) pieces.push(piece);
          expect(Buffer.concat(pieces)).toEqual(bytes);
          for (const piece of pieces) {
            expect(piece.at(-1)).toBe(0x0a);
            expect(piece.length).toBeLessThan(size + chunk + 200);
          }
        },
      ),
    ));
});
