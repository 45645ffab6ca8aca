import { isUtf8 } from 'node:buffer';
import { DomainError, MAX_JSON_DEPTH } from '#kernel';
import { takeTurns } from '#platform/turns';

const MOST_VALUES = 2_000_000;
/** What an API takes in one field, within the content of an item of the list in a file. */
const DEEPEST = MAX_JSON_DEPTH + 4;
/** Bytes that are looked at before others may have their turn. */
const STRETCH = 64 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

const refuse = (message: string) => new DomainError('bad_request', message);

/**
 * The document in some bytes. What would cost the parser far more than its size, or would be read in different ways by
 * different parsers, is refused while it is only bytes.
 * @throws DomainError `bad_request`
 */
export async function parseGuarded(bytes: Buffer): Promise<unknown> {
  if (bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) throw refuse('File must be UTF-8 without a byte order mark');
  if (!isUtf8(bytes)) throw refuse('File is not valid UTF-8');
  await scan(bytes);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw refuse('File is not valid JSON; it may have been cut off on the way');
  }
}

/** Follows the brackets alone: whether it is JSON is for the parser to say. */
async function scan(bytes: Buffer): Promise<void> {
  /** Names seen of each object that is open; nothing for lists. */
  const open: (Set<string> | undefined)[] = [];
  let values = 1;
  let expectsName = false;
  let pause = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at >= pause) {
      await takeTurns();
      pause = at + STRETCH;
    }
    switch (bytes[at]) {
      case QUOTE: {
        const end = endOfText(bytes, at);
        if (expectsName) requireNewName(open.at(-1), bytes.subarray(at, end + 1));
        expectsName = false;
        at = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_LIST:
        expectsName = bytes[at] === OPEN_OBJECT;
        open.push(expectsName ? new Set() : undefined);
        values++;
        if (open.length > DEEPEST) throw refuse(`File is nested deeper than ${DEEPEST} levels`);
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        expectsName = false;
        break;
      case COMMA:
        expectsName = open.at(-1) !== undefined;
        values++;
        break;
      case COLON:
        expectsName = false;
        break;
      default:
    }
    if (values > MOST_VALUES) throw refuse('File has more than 2,000,000 values; export it in parts');
  }
}

function endOfText(bytes: Buffer, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function requireNewName(names: Set<string> | undefined, quoted: Buffer): void {
  if (!names) return;
  const name = nameIn(quoted);
  // A member of this name would be taken for what every object inherits.
  if (name === '__proto__') throw refuse('File must have no member __proto__');
  if (names.has(name)) throw refuse(`File has the member ${name.slice(0, 100)} twice in the same object`);
  names.add(name);
}

function nameIn(quoted: Buffer): string {
  const text = quoted.toString('utf8');
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
