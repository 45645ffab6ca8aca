import type { Mapping, PanelOptions, Threshold } from '../api/types';

export interface Shown {
  text: string;
  unit: string;
  /** Of a mapping; thresholds have theirs. */
  color?: string;
}

const LARGEST_PLAIN = 1e15;

/** Digits that tell something: three or four of them where nothing is said. */
function digits(value: number, decimals: number | undefined): Intl.NumberFormatOptions {
  if (decimals !== undefined) return { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1_000) return { maximumFractionDigits: Number.isInteger(value) ? 0 : 1 };
  return size >= 1 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 3 };
}

export function formatNumber(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= LARGEST_PLAIN || (size > 0 && size < 1e-6)) return value.toExponential(decimals ?? 2);
  return new Intl.NumberFormat(undefined, digits(value, decimals)).format(value);
}

/** Any value as text of one line. */
export function formatValue(value: unknown, decimals?: number): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value, decimals);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A value as a panel shows it: by its mappings, else by unit and decimals. */
export function show(value: unknown, { unit = '', decimals, mappings = [] }: PanelOptions): Shown {
  const mapping = findMapping(value, mappings);
  if (mapping?.label !== undefined && mapping.label !== '') {
    return { text: mapping.label, unit: '', ...(mapping.color !== undefined && { color: mapping.color }) };
  }
  const text = formatValue(value, decimals);
  return {
    text,
    unit: typeof value === 'number' ? unit : '',
    ...(mapping?.color !== undefined && { color: mapping.color }),
  };
}

/** `72.5 °C`, `55 %`; one string where there is no room for two sizes. */
export function showText(value: unknown, options: PanelOptions): string {
  const { text, unit } = show(value, options);
  return unit === '' ? text : `${text}\u00a0${unit}`;
}

export const findMapping = (value: unknown, mappings: readonly Mapping[]): Mapping | undefined =>
  mappings.find((mapping) => mapping.value === value || String(mapping.value) === String(value));

/** The colour of the highest threshold that the value reaches. */
export function thresholdColor(value: unknown, thresholds: readonly Threshold[] = []): string | undefined {
  if (typeof value !== 'number') return undefined;
  const reached = thresholds.filter((threshold) => value >= threshold.value);
  return reached.reduce<Threshold | undefined>((top, next) => (top && top.value > next.value ? top : next), undefined)
    ?.color;
}

const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

/** Time of day; with the date where it is not today. */
export function formatTime(time: number | string, now = new Date()): string {
  const date = new Date(time);
  const options: Intl.DateTimeFormatOptions = sameDay(date, now)
    ? { hour: '2-digit', minute: '2-digit', second: '2-digit' }
    : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' };
  return new Intl.DateTimeFormat(undefined, { ...options, hour12: false }).format(date);
}

/** Day and time. */
export const formatDate = (time: number | string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));

/** `3 min ago` */
export function ago(time: number | string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - new Date(time).getTime()) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** The last levels of a topic tell most. */
export function shortTopic(topic: string, levels = 2): string {
  return topic.split('/').slice(-levels).join(' / ');
}
