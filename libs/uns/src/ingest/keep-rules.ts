import type { KeepRule } from '../topics/topic-policy';

/** A value as far as it matters for the question whether the next one has to be kept. */
export interface KeptValue {
  /** Epoch milliseconds. */
  timestamp: number;
  /** null for what is no number … */
  number: number | null;
  /** … which is this document. */
  document: string | null;
}

/**
 * Whether a value goes into history, given the one that was kept last. One that is older than that is kept: nobody can
 * tell any more what it differed from.
 */
export function isKept(rule: KeepRule, last: KeptValue | undefined, value: KeptValue): boolean {
  if (!rule.history) return false;
  if (!rule.onChange || !last || value.timestamp < last.timestamp) return true;
  const { maxIntervalSeconds } = rule;
  if (maxIntervalSeconds !== undefined && value.timestamp - last.timestamp >= maxIntervalSeconds * 1_000) return true;
  if (last.number === null || value.number === null) {
    return last.number !== value.number || last.document !== value.document;
  }
  return Math.abs(value.number - last.number) > widthOf(rule, last.number);
}

const widthOf = ({ deadband }: KeepRule, last: number): number => {
  if (!deadband) return 0;
  return deadband.kind === 'absolute' ? deadband.value : (Math.abs(last) * deadband.value) / 100;
};
