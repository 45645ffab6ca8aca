import type { JsonValue } from '#kernel';

/*
 * Values of databases as JSON. Numbers that a double would change stay texts: nobody notices a wrong last digit.
 */

/** A double keeps any decimal of that many significant digits. */
const SAFE_DIGITS = 15;

export function integerOf(text: string): JsonValue {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

export function decimalOf(text: string): JsonValue {
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  const number = Number(text);
  return Number.isFinite(number) && /^\d*$/.test(digits) && digits.length <= SAFE_DIGITS ? number : text;
}

/** Infinity and NaN stay texts: JSON has none. */
export function floatOf(text: string): JsonValue {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::?\d\d)?|Z)?$/;

/**
 * RFC 3339 for what databases write as date, blank, time and perhaps an offset. Without one the `offset` given is put there;
 * none where the database knows none. Anything else (infinity, years before Christ) stays as it is.
 */
export function dateTimeOf(text: string, offset = ''): string {
  const match = DATE_TIME.exec(text);
  if (!match) return text;
  const [, date, time, own = offset] = match;
  return `${date!}T${time!}${zoneOf(own)}`;
}

function zoneOf(offset: string): string {
  if (offset === '' || offset === 'Z') return offset;
  const [hours, minutes] = [offset.slice(0, 3), offset.slice(3).replace(':', '') || '00'];
  return /^[+-]00$/.test(hours) && minutes === '00' ? 'Z' : `${hours}:${minutes}`;
}

export function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
