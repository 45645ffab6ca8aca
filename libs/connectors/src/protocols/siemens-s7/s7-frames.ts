import type { Area } from './s7-address';

/*
 * What goes over the wire: S7 in transport frames of ISO on TCP (RFC 1006). Everything is high byte first.
 */

/** Bytes; a frame of a PLC has 960 and a few at most. */
const LONGEST_FRAME = 4_096;
const HEAD = 4;

/** Puts what comes together to frames. */
export class Frames {
  private rest = Buffer.alloc(0);

  /** Those that are complete by these bytes; undefined where it is no frame at all. */
  push(bytes: Buffer): Buffer[] | undefined {
    this.rest = Buffer.concat([this.rest, bytes]);
    const complete: Buffer[] = [];
    while (this.rest.length >= HEAD) {
      const length = this.rest.readUInt16BE(2);
      if (this.rest[0] !== 3 || length < 7 || length > LONGEST_FRAME) return undefined;
      if (this.rest.length < length) break;
      complete.push(this.rest.subarray(0, length));
      this.rest = this.rest.subarray(length);
    }
    return complete;
  }
}

const word = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

const frame = (...bytes: number[]): Buffer => Buffer.from([3, 0, ...word(bytes.length + HEAD), ...bytes]);

/** Asks for a connection of this type (1 PG, 2 OP, 3 basic) to the CPU in that rack and slot. */
export function connectRequest(type: number, rack: number, slot: number): Buffer {
  const parameters = [0xc0, 1, 0x0a, 0xc1, 2, 1, 0, 0xc2, 2, type, rack * 32 + slot];
  return frame(6 + parameters.length, 0xe0, 0, 0, 0, 1, 0, ...parameters);
}

export const isConnectConfirm = (given: Buffer): boolean => given[5] === 0xd0;

function job(sequence: number, parameters: readonly number[], data: readonly number[] = []): Buffer {
  const head = [0x32, 1, 0, 0, ...word(sequence), ...word(parameters.length), ...word(data.length)];
  return frame(2, 0xf0, 0x80, ...head, ...parameters, ...data);
}

/** Agrees on how long a PDU may be. */
export const setupRequest = (sequence: number, pduLength: number): Buffer =>
  job(sequence, [0xf0, 0, ...word(1), ...word(1), ...word(pduLength)]);

export interface Piece {
  area: Area;
  db: number;
  /** The first byte, or the number of a timer or counter. */
  start: number;
  /** Bytes, or how many timers or counters. */
  quantity: number;
}

const BIT = 1;
const BYTE = 2;

function item({ area, db, start, quantity }: Piece, type: number, bit = 0): number[] {
  // Timers and counters have numbers; everything else is addressed by bits.
  const address = type === area ? start : start * 8 + bit;
  return [0x12, 0x0a, 0x10, type, ...word(quantity), ...word(db), area, address >> 16, ...word(address)];
}

const isCounted = (area: Area): boolean => area < 0x80;

export const readRequest = (sequence: number, piece: Piece): Buffer =>
  job(sequence, [4, 1, ...item(piece, isCounted(piece.area) ? piece.area : BYTE)]);

/** Bytes, or a single bit where one is given. */
export function writeRequest(sequence: number, piece: Omit<Piece, 'quantity'>, bytes: Buffer, bit?: number): Buffer {
  const target = { ...piece, quantity: bytes.length };
  const parameters = [5, 1, ...item(target, bit === undefined ? BYTE : BIT, bit)];
  const head = bit === undefined ? [4, ...word(bytes.length * 8)] : [3, ...word(1)];
  return job(sequence, parameters, [0, ...head, ...bytes]);
}

/** Bytes of a PDU that are no data, in a read answer and in a write request. */
export const READ_OVERHEAD = 18;
export const WRITE_OVERHEAD = 28;

/** An answer to a job. */
export interface Answer {
  sequence: number;
  /** 0 where there is none. */
  error: number;
  parameters: Buffer;
  data: Buffer;
}

/** Undefined for anything but an answer to a job. */
export function answerIn(given: Buffer): Answer | undefined {
  const pdu = given.subarray(HEAD + 1 + given[4]!);
  const isAnswer = given[5] === 0xf0 && pdu.length >= 12 && pdu[0] === 0x32 && (pdu[1] === 2 || pdu[1] === 3);
  if (!isAnswer) return undefined;
  const data = 12 + pdu.readUInt16BE(6);
  if (data + pdu.readUInt16BE(8) > pdu.length) return undefined;
  return {
    sequence: pdu.readUInt16BE(4),
    error: pdu.readUInt16BE(10),
    parameters: pdu.subarray(12, data),
    data: pdu.subarray(data, data + pdu.readUInt16BE(8)),
  };
}

/** The length of a PDU that was agreed on; undefined where the answer says none. */
export const pduLengthIn = ({ parameters }: Answer): number | undefined =>
  parameters.length >= 8 && parameters[0] === 0xf0 ? parameters.readUInt16BE(6) : undefined;

/** 0xff where it was done. */
export const codeIn = ({ data }: Answer): number | undefined => data[0];

/** The bytes of a read answer; undefined where they are not all there. */
export function bytesIn({ data }: Answer, length: number): Buffer | undefined {
  return data.length >= HEAD + length ? Buffer.from(data.subarray(HEAD, HEAD + length)) : undefined;
}
