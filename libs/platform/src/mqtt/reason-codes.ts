import { DomainError, type ErrorKind } from '#kernel';
import { SettledRefusal } from './settled-refusal';

/** Reason codes of MQTT 5 (section 2.4), those that we send. */
export const REASON = {
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  payloadFormatInvalid: 0x99,
  serverMoved: 0x9d,
} as const;

/** Why a message was not taken, in the words of MQTT 5. */
export interface Refusal {
  code: number;
  text: string;
  /** Sending the same message again later makes sense. */
  transient: boolean;
  /** It has been dealt with: a sender that cannot be told is given its acknowledgement. */
  settled?: true;
}

const CODES: Record<ErrorKind, number> = {
  bad_request: REASON.payloadFormatInvalid,
  unauthenticated: REASON.notAuthorized,
  insufficient_scope: REASON.notAuthorized,
  forbidden: REASON.notAuthorized,
  organization_suspended: REASON.notAuthorized,
  missing_organization: REASON.notAuthorized,
  not_found: REASON.topicNameInvalid,
  method_not_allowed: REASON.implementationSpecific,
  conflict: REASON.implementationSpecific,
  precondition_failed: REASON.implementationSpecific,
  payload_too_large: REASON.packetTooLarge,
  too_many_requests: REASON.quotaExceeded,
  maintenance: REASON.implementationSpecific,
  unavailable: REASON.implementationSpecific,
};

const TRANSIENT: readonly ErrorKind[] = ['too_many_requests', 'maintenance', 'unavailable'];

/** What a failed handler means for the sender; undefined when it is a bug rather than a refusal. */
export const refusalOf = (error: unknown): Refusal | undefined =>
  error instanceof DomainError
    ? {
        code: CODES[error.kind],
        text: error.message,
        transient: TRANSIENT.includes(error.kind),
        ...(error instanceof SettledRefusal && { settled: true }),
      }
    : undefined;

const HEADER = { puback: 0x40, pubrec: 0x50 };
const REASON_STRING = 0x1f;
const LONGEST_REASON = 300;

/** A PUBACK or PUBREC of MQTT 5 (sections 3.4 and 3.5) as it goes over the wire. */
export function encodeAck(kind: keyof typeof HEADER, messageId: number, code = 0, reason = ''): Buffer {
  const id = [messageId >> 8, messageId & 0xff];
  if (code === 0) return Buffer.from([HEADER[kind], 2, ...id]);
  const text = Buffer.from(reason.slice(0, LONGEST_REASON).toWellFormed());
  const properties = text.length === 0 ? [] : [REASON_STRING, text.length >> 8, text.length & 0xff, ...text];
  const body = [...id, code, ...variableInteger(properties.length), ...properties];
  return Buffer.from([HEADER[kind], ...variableInteger(body.length), ...body]);
}

const SUBACK = 0x90;
const UNSUBACK = 0xb0;

/** A SUBACK (sections 3.9 of both versions): a code for each filter. */
export function encodeSuback(version: number, messageId: number, codes: readonly number[]): Buffer {
  return acknowledgement(SUBACK, messageId, version === 5 ? [0, ...codes] : codes);
}

/** An UNSUBACK (sections 3.11): codes are of MQTT 5 alone. */
export function encodeUnsuback(version: number, messageId: number, codes: readonly number[]): Buffer {
  return acknowledgement(UNSUBACK, messageId, version === 5 ? [0, ...codes] : []);
}

function acknowledgement(header: number, messageId: number, rest: readonly number[]): Buffer {
  const body = [messageId >> 8, messageId & 0xff, ...rest];
  return Buffer.from([header, ...variableInteger(body.length), ...body]);
}

/** A Variable Byte Integer (MQTT 5, section 1.5.5). */
function variableInteger(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
  }
  return bytes;
}
