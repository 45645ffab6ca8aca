import { TOPIC_ROOT } from '#kernel';

/** What to look for, as patterns of LIKE. */
export interface SearchPatterns {
  /** Of the topic's own name. */
  name: string;
  /** Of the path that it lies in; null for any. */
  parent: string | null;
  /** Whether the topics directly below such topics are looked for, rather than these. */
  inside: boolean;
}

const ALL: SearchPatterns = { name: '%', parent: null, inside: false };

const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/**
 * The index knows words by three characters of them, of which the first may stand for the begin of a word. A text that has
 * none, such as the first letters that somebody types, is looked for at the begin of names, where it has.
 */
const HAS_TRIGRAM = /[a-z\d]{3}|[^a-z\d][a-z\d]|^[^a-z\d]*$/i;

/**
 * A topic is found by its own name: `motor` finds `…/motor-1`, not all that lies below it. With slashes the levels above
 * have to end in what stands before the last one: `line-1/te` finds `…/line-1/temperature`, and `line-1/` all in it.
 */
export function searchPatterns(text: string): SearchPatterns {
  const path = text.replace(/\/+$/, '');
  if (path === '' || path === TOPIC_ROOT) return ALL;
  const inside = path !== text;
  const end = path.lastIndexOf('/');
  const name = literal(path.slice(end + 1));
  // A slash in front says that the name begins there, one behind that it ends.
  const before = end < 0 && HAS_TRIGRAM.test(name) ? '%' : '';
  const behind = inside ? '' : '%';
  return { name: before + name + behind, parent: end > 0 ? `%${literal(path.slice(0, end))}` : null, inside };
}
