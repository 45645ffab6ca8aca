import { createHash } from 'node:crypto';
import type { JsonValue } from '#kernel';
import stringify from 'safe-stable-stringify';

/** The one text of a JSON value, whatever the order of its members. */
export const canonical = (value: JsonValue): string => stringify(value);

/** `sha256:…` of a content in its canonical form, with references by names. */
export const hashOf = (content: JsonValue): string =>
  `sha256:${createHash('sha256').update(canonical(content)).digest('hex')}`;

export const isSame = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    typeof one === 'object' &&
    typeof other === 'object' &&
    canonical(one) === canonical(other));
