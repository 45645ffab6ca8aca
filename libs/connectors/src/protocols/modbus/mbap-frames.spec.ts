import { MbapFrames } from './mbap-frames';

const FRAME = Buffer.from([0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7]);

describe('frames of Modbus TCP', () => {
  it('come whole, in pieces and several at once', () => {
    const frames = new MbapFrames();
    expect(frames.fits(FRAME)).toBe(true);
    expect([...FRAME].every((byte) => frames.fits(Buffer.from([byte])))).toBe(true);
    expect(frames.fits(Buffer.concat([FRAME, FRAME, FRAME.subarray(0, 3)]))).toBe(true);
    expect(frames.fits(FRAME.subarray(3))).toBe(true);
  });

  it.each([
    ['another protocol', [0, 1, 0x55, 0x7a, 0, 5]],
    ['a frame that is too long', [0, 1, 0, 0, 0, 255]],
    ['a frame without a function', [0, 1, 0, 0, 0, 1]],
  ])('are not %s', (_, bytes) => {
    const frames = new MbapFrames();
    expect(frames.fits(FRAME)).toBe(true);
    expect(frames.fits(Buffer.from(bytes))).toBe(false);
  });
});
