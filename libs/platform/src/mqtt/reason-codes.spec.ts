import { DomainError } from '#kernel';
import { encodeAck, refusalOf } from './reason-codes';
import { SettledRefusal } from './settled-refusal';

it('makes a refusal of a domain error, and none of a bug', () => {
  const refusal = { code: 0x99, text: 'Topic is required', transient: false };
  expect(refusalOf(new DomainError('bad_request', 'Topic is required'))).toEqual(refusal);
  expect(refusalOf(new DomainError('unavailable', 'later'))).toEqual({ code: 0x83, text: 'later', transient: true });
  expect(refusalOf(new TypeError('a bug'))).toBeUndefined();
});

it('says of a settled refusal that nobody has to send it again', () => {
  const refusal = { code: 0x99, text: 'must be number', transient: false, settled: true };
  expect(refusalOf(new SettledRefusal('must be number'))).toEqual(refusal);
});

it('encodes PUBACK and PUBREC as MQTT 5 has them', () => {
  expect([...encodeAck('puback', 0x1234)]).toEqual([0x40, 2, 0x12, 0x34]);
  expect([...encodeAck('pubrec', 7, 0x87)]).toEqual([0x50, 4, 0, 7, 0x87, 0]);
  expect([...encodeAck('puback', 7, 0x99, 'ä')]).toEqual([0x40, 9, 0, 7, 0x99, 5, 0x1f, 0, 2, 0xc3, 0xa4]);
});

it('keeps a long reason within lengths of two bytes', () => {
  const bytes = encodeAck('puback', 1, 0x99, '€'.repeat(5_000));
  expect(bytes.readUInt8(1) & 0x80).toBe(0x80);
  expect(bytes).toHaveLength(1 + 2 + 3 + 2 + 3 + 900);
  expect((bytes.readUInt8(1) & 0x7f) + bytes.readUInt8(2) * 128).toBe(bytes.length - 3);
});
