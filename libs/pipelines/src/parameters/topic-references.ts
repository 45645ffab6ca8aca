import { filterProblem, MAX_TOPIC_BYTES, MAX_TOPIC_LENGTH, TOPIC_ROOT, topicProblem } from '#kernel';
import type { Reference } from '#platform/dependencies';
import { fullTopic } from '../node-types';

export type Target = Pick<Reference, 'kind' | 'type' | 'key'>;

/** Stands for an expression in a text; no topic has it. */
const HOLE = '\0';

/** The topic that a text names with or without the version prefix. */
export const topicOf = (text: string): Target | undefined => fullTopicOf(fullTopic(text));

/** The topic that a text names in full, as texts in expressions do. */
export const fullTopicOf = (text: string): Target | undefined =>
  topicProblem(text) === undefined ? { kind: 'uses', type: 'topic', key: text } : undefined;

/** The topics that a filter selects: one alone if it has no wildcard. */
export function filterOf(text: string): Target | undefined {
  if (!/[+#]/.test(text)) return fullTopicOf(text);
  const begins = [TOPIC_ROOT, '+', '#'].includes(text.split('/')[0]!);
  const isFilter = begins && selectsAny(text) && filterProblem(text) === undefined;
  return isFilter ? { kind: 'matches', type: 'topic', key: text } : undefined;
}

/** Topics have no more than that, and neither has the graph room for more. */
const selectsAny = (filter: string): boolean =>
  filter.length <= MAX_TOPIC_LENGTH && filter.isWellFormed() && Buffer.byteLength(filter) <= MAX_TOPIC_BYTES;

/**
 * The filter of all topics that a text with expressions may name: an expression stands for one level, `+`, since a filter
 * cannot say more in its middle. As the whole last level it stands for `#`: there it often gives a path, and that the
 * graph names a topic too many is better than that it is silent about one. A text that fixes no level tells nothing.
 * @param parts the text, with undefined for each expression.
 * @param isFilter whether it may have wildcards of its own, and must have the version prefix.
 */
export function patternOf(parts: readonly (string | undefined)[], isFilter: boolean): Target | undefined {
  const text = parts.map((part) => part ?? HOLE).join('');
  const levels = (isFilter ? text : fullTopic(text)).split('/');
  const filter = levels.map((level, index) => {
    if (level === HOLE && index === levels.length - 1) return '#';
    return level.includes(HOLE) ? '+' : level;
  });
  const isFixed = filter.slice(1).some((level) => level !== '' && level !== '+' && level !== '#');
  const possible = levels.map((level) => level.replaceAll(HOLE, 'x')).join('/');
  const isPossible = isFilter || topicProblem(possible) === undefined;
  return isFixed && isPossible ? filterOf(filter.join('/')) : undefined;
}
