import { styleText } from 'node:util';
import type { FieldChange } from './hub/plan';
import { printable } from './printable';

/** Characters of one side of a change. */
const LONGEST_VALUE = 60;
/** Of one side of a change in a text. */
const MOST_LINES = 10;

/** A field with what it was and would be; of texts of several lines those that differ. */
export function changeLines({ field, from, to }: FieldChange): string[] {
  const name = printable(field);
  if (typeof from === 'string' && typeof to === 'string' && `${from}${to}`.includes('\n')) {
    return [`${name}:`, ...textLines(from.split('\n'), to.split('\n')).map((line) => `  ${line}`)];
  }
  if (from === undefined) return [`${name}: ${short(to)}`];
  return [`${name}: ${short(from)} → ${short(to)}`];
}

/** Those between what both texts begin and end with. */
function textLines(from: readonly string[], to: readonly string[]): string[] {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < shorter - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  return [
    ...few(from.slice(start, from.length - end)).map((line) => styleText('red', `- ${line}`)),
    ...few(to.slice(start, to.length - end)).map((line) => styleText('green', `+ ${line}`)),
  ];
}

function few(lines: readonly string[]): string[] {
  const more = lines.length > MOST_LINES ? [`… and ${lines.length - MOST_LINES} more`] : [];
  return [...lines.slice(0, MOST_LINES).map(printable), ...more];
}

function short(value: unknown): string {
  const text = printable(JSON.stringify(value) ?? 'nothing');
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
