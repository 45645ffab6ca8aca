import type { KeepRule } from '../topics/topic-policy';
import { isKept, type KeptValue } from './keep-rules';

const number = (value: number, timestamp = 1_000): KeptValue => ({ timestamp, number: value, document: null });
const text = (document: string, timestamp = 1_000): KeptValue => ({ timestamp, number: null, document });

const ON_CHANGE: KeepRule = { history: true, onChange: true };
const ABSOLUTE: KeepRule = { ...ON_CHANGE, deadband: { kind: 'absolute', value: 0.5 } };
const PERCENT: KeepRule = { ...ON_CHANGE, deadband: { kind: 'percent', value: 10 } };

describe('isKept', () => {
  it.each<[string, KeepRule, KeptValue | undefined, KeptValue, boolean]>([
    ['nothing without history', { history: false, onChange: false }, undefined, number(1), false],
    ['everything without onChange', { history: true, onChange: false }, number(1), number(1), true],
    ['the first value', ON_CHANGE, undefined, number(1), true],
    ['no equal number', ON_CHANGE, number(1), number(1, 2_000), false],
    ['another number', ON_CHANGE, number(1), number(1.001, 2_000), true],
    ['no equal document', ON_CHANGE, text('"a"'), text('"a"', 2_000), false],
    ['another document', ON_CHANGE, text('"a"'), text('"b"', 2_000), true],
    ['a number after a text', ON_CHANGE, text('"1"'), number(1, 2_000), true],
    ['a text after a number', ABSOLUTE, number(1), text('"1"', 2_000), true],
    ['an older value', ON_CHANGE, number(1, 5_000), number(1, 2_000), true],
    ['nothing at the edge of the deadband', ABSOLUTE, number(1), number(1.5, 2_000), false],
    ['what leaves the deadband', ABSOLUTE, number(1), number(0.4, 2_000), true],
    ['nothing within a share', PERCENT, number(-50), number(-54.9, 2_000), false],
    ['what leaves a share', PERCENT, number(-50), number(-55.1, 2_000), true],
    ['any change of zero by a share', PERCENT, number(0), number(0.001, 2_000), true],
    [
      'an equal value after the longest interval',
      { ...ON_CHANGE, maxIntervalSeconds: 60 },
      number(1),
      number(1, 61_000),
      true,
    ],
    ['no equal value before it', { ...ON_CHANGE, maxIntervalSeconds: 60 }, number(1), number(1, 60_999), false],
  ])('keeps %s', (_, rule, last, value, kept) => {
    expect(isKept(rule, last, value)).toBe(kept);
  });
});
