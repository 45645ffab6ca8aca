import { DomainError } from '#kernel';
import { SettledRefusal } from '#platform/mqtt';
import type { RefusedRecord } from '../ingest/record-batch';

/** Refused values that an answer names one by one. */
export const MOST_TOLD = 1_000;

const FULL = '; the quarantine is full, so it is not kept';

export const messageOf = ({ id, message }: RefusedRecord): string =>
  `Value is refused by the schema: ${message}${id === null ? FULL : ''}`;

/** @param field of one of them, as the caller wrote it. */
const detailsOf = (refused: readonly RefusedRecord[], field: (index: number) => string): object[] =>
  refused.slice(0, MOST_TOLD).map((record) => ({
    field: field(record.index),
    message: messageOf(record),
    id: record.id,
    reason: record.reason,
  }));

/** @throws DomainError `bad_request` that names each refused value, with its id in quarantine. */
export function requireAll(refused: readonly RefusedRecord[], field: (index: number) => string): void {
  const [first] = refused;
  if (first) throw new DomainError('bad_request', messageOf(first), detailsOf(refused, field));
}

/** The same for one that came by MQTT: a device that cannot be told must not send it for ever. */
export function requireTaken(refused: readonly RefusedRecord[]): void {
  const [first] = refused;
  if (first)
    throw new SettledRefusal(
      messageOf(first),
      detailsOf(refused, () => 'value'),
    );
}
