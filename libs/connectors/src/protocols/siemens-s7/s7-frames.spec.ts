import { AREA } from './s7-address';
import {
  answerIn,
  bytesIn,
  codeIn,
  connectRequest,
  Frames,
  pduLengthIn,
  readRequest,
  setupRequest,
  writeRequest,
} from './s7-frames';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('frames of S7', () => {
  it('come whole, in pieces and several at once', () => {
    const one = hex('03 00 00 07 02 f0 80');
    const frames = new Frames();
    expect(frames.push(one.subarray(0, 3))).toEqual([]);
    expect(frames.push(Buffer.concat([one.subarray(3), one, one.subarray(0, 1)]))).toEqual([one, one]);
  });

  it.each(['04 00 00 07', '03 00 00 03', '03 00 ff ff'])('are not %s', (bytes) => {
    expect(new Frames().push(hex(bytes))).toBeUndefined();
  });

  it('ask for a connection, and for the length of a PDU', () => {
    expect(connectRequest(2, 0, 3)).toEqual(hex('0300 0016 11 e0 0000 0001 00 c0010a c1020100 c2020203'));
    expect(setupRequest(7, 480)).toEqual(hex('0300 0019 02f080 32 01 0000 0007 0008 0000 f000 0001 0001 01e0'));
  });

  it('ask for bytes, timers, and to write', () => {
    expect(readRequest(1, { area: AREA.DB, db: 5, start: 4, quantity: 10 })).toEqual(
      hex('0300 001f 02f080 32 01 0000 0001 000e 0000 04 01 12 0a 10 02 000a 0005 84 000020'),
    );
    expect(readRequest(1, { area: AREA.T, db: 0, start: 4, quantity: 1 })).toEqual(
      hex('0300 001f 02f080 32 01 0000 0001 000e 0000 04 01 12 0a 10 1d 0001 0000 1d 000004'),
    );
    expect(writeRequest(1, { area: AREA.M, db: 0, start: 2 }, hex('beef'))).toEqual(
      hex('0300 0025 02f080 32 01 0000 0001 000e 0006 05 01 12 0a 10 02 0002 0000 83 000010 00 04 0010 beef'),
    );
    expect(writeRequest(1, { area: AREA.M, db: 0, start: 2 }, hex('01'), 3)).toEqual(
      hex('0300 0024 02f080 32 01 0000 0001 000e 0005 05 01 12 0a 10 01 0001 0000 83 000013 00 03 0001 01'),
    );
  });

  it('answer', () => {
    const read = answerIn(hex('0300 001b 02f080 32 03 0000 0009 0002 0006 0000 04 01 ff 04 0010 beef'))!;
    expect([read.sequence, read.error, codeIn(read)]).toEqual([9, 0, 0xff]);
    expect([bytesIn(read, 2), bytesIn(read, 3)]).toEqual([hex('beef'), undefined]);
    const setup = answerIn(hex('0300 001b 02f080 32 03 0000 0001 0008 0000 0000 f000 0001 0001 00f0'))!;
    expect([pduLengthIn(setup), pduLengthIn(read)]).toEqual([240, undefined]);
    expect(answerIn(hex('0300 0013 02f080 32 02 0000 0009 0000 0000 8104'))).toMatchObject({ error: 0x8104 });
  });

  it.each([
    '0300 0007 02f080',
    '0300 0013 02f080 32 01 0000 0009 0000 0000 8104',
    '0300 0013 02f080 32 03 0000 0009 0000 0009 0000',
  ])('do not answer by %s', (bytes) => {
    expect(answerIn(hex(bytes))).toBeUndefined();
  });
});
