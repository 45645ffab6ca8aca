import type { JsonValue } from '#kernel';

/** Characters of one input or output that history keeps, as JSON. */
export const LONGEST_PAYLOAD = 64 * 1024;
const SHOWN = 1_024;

/** What stands in the place of a value that is sealed. */
export const MASK = '********';

/** The value as text, or a visible mark with its size and beginning where it is longer than history keeps. */
export function payloadText(value: JsonValue, longest = LONGEST_PAYLOAD): string {
  const text = JSON.stringify(value);
  if (text.length <= longest) return text;
  // Half a character at the end would be no text that PostgreSQL keeps.
  const start = text.slice(0, SHOWN).toWellFormed();
  return JSON.stringify({ $cut: { bytes: Buffer.byteLength(text), start } });
}

/** Shorter ones, such as `1` or `on`, would mask half of all data. */
const SHORTEST_SECRET = 4;

/**
 * Values that are not to be written down, learnt in the course of a run. They are found wherever they went: as they are,
 * and inside of texts.
 */
export class Secrets {
  private readonly texts = new Set<string>();
  private pattern: RegExp | undefined;

  add(values: readonly JsonValue[]): void {
    for (const value of values) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (text.length >= SHORTEST_SECRET) this.texts.add(text);
    }
    this.pattern = undefined;
  }

  mask(value: JsonValue): JsonValue {
    return this.texts.size === 0 ? value : this.masked(value);
  }

  maskText(text: string): string {
    if (this.texts.size === 0) return text;
    this.pattern ??= new RegExp(
      [...this.texts]
        .sort((a, b) => b.length - a.length)
        .map(literal)
        .join('|'),
      'g',
    );
    return text.replace(this.pattern, MASK);
  }

  private masked(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.maskText(value);
    if (typeof value === 'number') return this.texts.has(String(value)) ? MASK : value;
    if (Array.isArray(value)) return value.map((member) => this.masked(member));
    if (typeof value !== 'object' || value === null) return value;
    if (this.texts.has(JSON.stringify(value))) return MASK;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [this.maskText(key), this.masked(member)]));
  }
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
