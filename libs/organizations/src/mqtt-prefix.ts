import { TOPIC_ROOT } from '#kernel';

const LEVEL = /^[^+#\0/]+$/u;
/** Prefix and topic together have to fit in what brokers take. */
const LONGEST = 200;

/** Why a prefix cannot stand before an organization's topics, or undefined when it can. */
export function mqttPrefixProblem(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  if (prefix.length > LONGEST) return `Mqtt prefix must have at most ${LONGEST} characters`;
  if (!prefix.endsWith('/')) return 'Mqtt prefix must end with a slash, or be empty';
  const levels = prefix.slice(0, -1).split('/');
  if (!levels.every((level) => LEVEL.test(level))) return 'Mqtt prefix must be levels without +, # and NUL';
  if (levels.includes(TOPIC_ROOT)) return `Mqtt prefix must not contain the level ${TOPIC_ROOT}`;
  // Those of organizations without a prefix of their own.
  if (levels[0] === 'org') return 'Mqtt prefix must not begin with org/';
  return levels[0]!.startsWith('$') ? 'Mqtt prefix must not begin with $' : undefined;
}
