/** NIST SP 800-63B, section 3.1.1.2: length, and not what is guessed first; nothing about kinds of characters. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 200;

/** Somebody's own words, and the product's, do not count towards the length; this much has to be left. */
const LEAST_OF_OWN = 8;
const FEWEST_DIFFERENT = 5;
const PRODUCT = ['maestrohub', 'maestro'];

/** Whose password it is: what others know of them is guessed first. */
export interface PasswordOwner {
  email: string;
  firstName: string;
  lastName: string;
}

/** The same password however a keyboard composes its characters (Unicode normalization form KC). */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/** Why this cannot be a password, to be put behind the field's name; undefined for one that can. */
export function passwordProblem(
  password: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
): string | undefined {
  const normal = normalPassword(password);
  const length = [...normal].length;
  if (length < SHORTEST_PASSWORD) return `must have at least ${SHORTEST_PASSWORD} characters`;
  if (length > LONGEST_PASSWORD) return `must have at most ${LONGEST_PASSWORD} characters`;
  const text = normal.toLowerCase();
  if (new Set(text).size < FEWEST_DIFFERENT) return `must have at least ${FEWEST_DIFFERENT} different characters`;
  if (isSequence(text)) return 'must not be a sequence of characters';
  if (variants(text).some((variant) => common.has(variant))) return 'is one of the most common passwords';
  if (withoutWords(text, wordsOf(owner)).length < LEAST_OF_OWN) {
    return 'must be more than your name, your e-mail address or the name of the product';
  }
  return undefined;
}

/** `Password1234!` and `passwordpassword` are as common as `password`. */
function variants(text: string): string[] {
  const bare = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [text, bare].flatMap((part) => [part, /^(.+?)\1+$/u.exec(part)?.[1] ?? part]);
}

/** `1234567890123`, `abcdefghijklm`, `987654321098`. */
function isSequence(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0)!);
  return [1, -1].some((step) =>
    codes.every((code, index) => index === 0 || [step, step * -9].includes(code - codes[index - 1]!)),
  );
}

function wordsOf({ email, firstName, lastName }: PasswordOwner): string[] {
  const parts = [...email.split(/[@.+_-]/), ...`${firstName} ${lastName}`.split(/\s+/)];
  const words = [email, ...parts, ...PRODUCT].map((word) => normalPassword(word).toLowerCase());
  return words.filter((word) => word.length > 2).sort((a, b) => b.length - a.length);
}

const withoutWords = (text: string, words: readonly string[]): string =>
  words.reduce((rest, word) => rest.replaceAll(word, ''), text);
