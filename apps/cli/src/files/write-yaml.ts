import { Document, isScalar, type Pair, type Scalar, type ScalarTag } from 'yaml';
import { stringTag, type StringifyContext } from 'yaml/util';
import type { JsonValue } from '#kernel';

/*
 * YAML that reads well in reviews: a text of several lines stands there line by line, and nothing looks like something
 * that it is not.
 */

/** Control characters, and others that nobody sees, or that turn what stands around them: a review has to show them. */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/;
/** YAML 1.1, which many tools read, takes them for numbers, times, switches or merges. */
const AMBIGUOUS = /^(?:[-+.]?\d|(?:yes|no|on|off|<<|=)$)/i;
/** Blanks alone in the first or last line: a literal block does not hold them. */
const BLANK_AT_ENDS = /^\n*[ \t]+(?:\n|$)|\n[ \t]+\n*$|^\n+$/;

const TEXT: ScalarTag = { ...stringTag, stringify: (scalar, context) => textOf(scalar, context) };

/** Members in the order of the canonical form. `readYaml` gives the value back. */
export function yamlOf(value: JsonValue): string {
  const document = new Document(value, {
    aliasDuplicateObjects: false,
    customTags: (tags) => [TEXT, ...tags],
    sortMapEntries: byName,
  });
  return document.toString({ lineWidth: 0 });
}

function textOf(scalar: Scalar, context: StringifyContext): string {
  const text = scalar.value as string;
  if (INVISIBLE.test(text)) return quoted(text, context);
  if (!context.implicitKey && text.includes('\n')) {
    return BLANK_AT_ENDS.test(text) ? quoted(text, context) : literalBlock(text, context);
  }
  if (AMBIGUOUS.test(text) || /[\t\n]/.test(text)) return quoted(text, context);
  return stringTag.stringify!(scalar, context);
}

function literalBlock(text: string, { indent }: StringifyContext): string {
  const startsBlank = /^\n*[ \t]/.test(text) ? '2' : '';
  const end = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  return [`|${startsBlank}${end}`, ...lines.map((line) => (line === '' ? '' : indent + line))].join('\n');
}

/** As in JSON, a line for each of the text: an escaped line break is none, nor are blanks behind it that are not escaped. */
function quoted(text: string, { indent, implicitKey }: StringifyContext): string {
  const [first = '', ...others] = (implicitKey ? [text] : text.split(/(?<=\n)/)).map(escaped);
  return `"${[first, ...others.map((line) => line.replace(/^ /, '\\ '))].join(`\\\n${indent}`)}"`;
}

const escaped = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(new RegExp(INVISIBLE, 'g'), (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

const byName = (one: Pair, other: Pair): number => (nameOf(one) < nameOf(other) ? -1 : 1);

const nameOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');
