import type { JsonValue } from '#kernel';

/** What the rules say of a value that does not keep to them. */
export interface Verdict {
  /** `refuse`: it goes to quarantine. `lower`: it is stored, and its quality is `uncertain` unless it was `bad` already. */
  outcome: 'refuse' | 'lower';
  /** A short code, such as `out_of_range`. */
  reason: string;
  /** In words for the publisher: what was expected, never the value itself. */
  message: string;
  /** Which version of the topic's schema says so. */
  schemaVersion: number;
}

/** Which values of a topic are kept as history; live listeners and pipelines get all of them. */
export interface KeepRule {
  /** false: none. */
  history: boolean;
  /** Only values that differ from the one kept last. */
  onChange: boolean;
  /** For numbers: by more than this, or by more than this share of it in percent; with `onChange` alone. */
  deadband?: { kind: 'absolute' | 'percent'; value: number };
  /** However little it changes, a value is kept when the one kept last is older than this. */
  maxIntervalSeconds?: number;
}

/** The rules for the values of one topic. */
export interface TopicPolicy {
  /** What is wrong with the value; nothing where there is no rule or it keeps to it. Must be fast. */
  judge?: (value: JsonValue) => Verdict | undefined;
  /** Nothing: all of them. */
  keep?: KeepRule;
}

export const NO_POLICY: TopicPolicy = {};
