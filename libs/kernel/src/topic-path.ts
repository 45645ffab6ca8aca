/** Version prefix of the namespace: the first level of every topic. */
export const TOPIC_ROOT = 'mHv1.0';

export const MAX_TOPIC_LENGTH = 1024;
export const MAX_TOPIC_LEVELS = 32;
export const MAX_LEVEL_LENGTH = 100;
/** What PostgreSQL's indexes can hold of one text: reached by long paths in scripts of three bytes a character. */
export const MAX_TOPIC_BYTES = 2_600;

// The wildcards of MQTT and NUL can never be part of a topic name (MQTT 5, section 4.7).
const FORBIDDEN = /[+#\0]/;

/**
 * What is wrong with a topic path, in words for the caller, or undefined when it is one.
 * A path is `mHv1.0/<level>/…` with 2 to 32 non-empty levels of at most 100 characters, 1,024 (2,600 bytes) in all.
 */
export function topicProblem(path: string): string | undefined {
  if (path.length > MAX_TOPIC_LENGTH) return `Topic must be at most ${MAX_TOPIC_LENGTH} characters long`;
  const levels = path.split('/');
  if (levels[0] !== TOPIC_ROOT) return `Topic must start with ${TOPIC_ROOT}/`;
  if (levels.length < 2) return `Topic must name at least one level after ${TOPIC_ROOT}/`;
  if (levels.length > MAX_TOPIC_LEVELS) return `Topic must have at most ${MAX_TOPIC_LEVELS} levels`;
  if (FORBIDDEN.test(path)) return 'Topic must not contain +, # or NUL';
  if (!path.isWellFormed()) return 'Topic must be valid Unicode';
  if (levels.includes('')) return 'Topic must not contain empty levels';
  if (levels.some((level) => level.length > MAX_LEVEL_LENGTH)) {
    return `Topic levels must be at most ${MAX_LEVEL_LENGTH} characters long`;
  }
  if (path.length * 3 > MAX_TOPIC_BYTES && Buffer.byteLength(path) > MAX_TOPIC_BYTES) {
    return `Topic must be at most ${MAX_TOPIC_BYTES} bytes long`;
  }
  return undefined;
}

/** The path's ancestors and itself, shortest first, without the bare root: `a/b` → `[mHv1.0/a, mHv1.0/a/b]`. */
export function topicLineage(path: string): string[] {
  const levels = path.split('/');
  return levels.slice(1).map((_, index) => levels.slice(0, index + 2).join('/'));
}
