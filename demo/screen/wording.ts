import { SIGNALS, type Signal } from '../hub/namespace.ts';
import type { Board, ConnectionStatus, Reading } from './board.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A row of the board, in words. */
export interface Row {
  topic: string;
  group: string;
  title: string;
  value: string;
  unit: string;
  age: string;
  numbers: number[];
}

export const rowsOf = ({ readings }: Board, now: number): Row[] =>
  SIGNALS.map((signal) => {
    const { topic, group, title, unit } = signal;
    const reading = readings.get(topic);
    return {
      topic,
      group,
      title,
      unit: reading ? unit : '',
      value: reading ? valueText(signal, reading) : '–',
      age: reading ? duration(now - reading.at) : '',
      numbers: reading?.numbers ?? [],
    };
  });

function valueText({ digits }: Signal, { value }: Reading): string {
  if (typeof value === 'number') return value.toFixed(digits ?? 0);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object' && value !== null && 'code' in value && 'grams' in value) {
    return `${String(value.code)}  ${String(value.grams)} g`;
  }
  return JSON.stringify(value);
}

/** `connected`, or why not and when it is tried again. */
export function statusText({ status, reason, nextAttemptAt }: ConnectionStatus, now: number): string {
  if (status === 'connected') return status;
  const wait = nextAttemptAt ? Date.parse(nextAttemptAt) - now : 0;
  return [status, reason, wait > 0 ? `again in ${duration(wait)}` : undefined].filter(Boolean).join(' · ');
}

/** The numbers as bars, from the lowest to the highest of them. */
export function sparkline(numbers: readonly number[], width: number): string {
  const shown = numbers.slice(-width);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const barOf = (number: number): string =>
    high > low ? BARS[Math.round(((number - low) / (high - low)) * (BARS.length - 1))]! : BARS[0]!;
  return shown.map(barOf).join('');
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

export const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8);
