import type { PanelOptions, PanelType } from '../api/types';

export const TYPE_NAMES: Readonly<Record<PanelType, string>> = {
  line: 'Line chart',
  area: 'Area chart',
  bar: 'Bar chart',
  stat: 'Single value',
  gauge: 'Gauge',
  table: 'Table',
  'state-timeline': 'State timeline',
  text: 'Text',
};

export type OptionName = keyof PanelOptions;

const CHART: readonly OptionName[] = ['unit', 'decimals', 'min', 'max', 'thresholds', 'legend', 'stacked'];

/** The options each type has; the API refuses others. */
export const OPTIONS: Readonly<Record<PanelType, readonly OptionName[]>> = {
  line: CHART,
  area: CHART,
  bar: CHART,
  stat: ['unit', 'decimals', 'thresholds', 'mappings'],
  gauge: ['unit', 'decimals', 'min', 'max', 'thresholds'],
  table: ['unit', 'decimals', 'thresholds', 'mappings', 'columns'],
  'state-timeline': ['mappings', 'legend'],
  text: ['text'],
};

/** What a panel keeps of its options: those of its type that say something. */
export function optionsFor(type: PanelType, options: PanelOptions): PanelOptions {
  const kept = Object.entries(options).filter(
    ([name, value]) => OPTIONS[type].includes(name as OptionName) && value !== undefined && value !== '',
  );
  return Object.fromEntries(kept);
}

/** A value as somebody types it: numbers, true and false are what they look like. */
export function typedValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}
