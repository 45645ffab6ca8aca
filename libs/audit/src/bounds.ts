import type { JsonValue } from '#kernel';
import { withoutSecrets } from '#platform/logging';

/*
 * What others hand in is kept within bounds, and as PostgreSQL can store it: an entry that is refused would take the
 * change with it. Tokens in a text are blotted out, whoever put them there.
 */

const MAX_DOCUMENT_BYTES = 16 * 1024;
/** What is left of each value of a document that is too long. */
const SHORTENED = 500;

type Document = Readonly<Record<string, JsonValue>>;

/** The text with at most so many characters, ending in `…` where it was cut. */
export function boundedText(text: string, max: number): string {
  const clean = storable(text);
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).toWellFormed()}…`;
}

/** The document as it is, or one of at most 16 KiB with its values shortened and the mark `cut: true`. */
export function boundedDocument(document: Document): Document {
  const clean = JSON.stringify(document, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  const whole = JSON.parse(clean) as Document;
  if (Buffer.byteLength(clean) <= MAX_DOCUMENT_BYTES) return whole;
  const cut: Record<string, JsonValue> = { cut: true };
  let left = MAX_DOCUMENT_BYTES - byteLength(cut);
  for (const [name, value] of Object.entries(whole)) {
    const short = shortened(value, 2);
    const bytes = byteLength({ [name]: short });
    if (bytes > left) continue;
    left -= bytes;
    cut[name] = short;
  }
  return cut;
}

const storable = (text: string): string => withoutSecrets(text).replaceAll('\0', '').toWellFormed();

const byteLength = (value: JsonValue): number => Buffer.byteLength(JSON.stringify(value));

/** Keeps the outer levels, so that `{from, to}` stays what it is. */
function shortened(value: JsonValue, levels: number): JsonValue {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && levels > 1) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner, levels - 1)]));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= SHORTENED ? value : boundedText(text, SHORTENED);
}
