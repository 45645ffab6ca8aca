import { SIGNALS, type Signal } from '../hub/namespace.ts';
import type { Board, ConnectionStatus, Reading } from './board.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Curves go back a minute and a half, in steps of two seconds. */
const STEP_MS = 2_000;
export const STEPS = 45;

/** A row of the board, in words. */
export interface Row {
  topic: string;
  group: string;
  title: string;
  value: string;
  unit: string;
  age: string;
  /** What the signal was at each of the last `STEPS` steps, as far as it is known; the last one is what it is now. */
  curve: number[];
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
      curve: reading ? curveOf(reading, now) : [],
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

/** A signal stays what it was until another value comes: nothing is sent of what does not change. */
function curveOf({ numbers }: Reading, now: number): number[] {
  const end = Math.floor(now / STEP_MS) * STEP_MS;
  const times = Array.from({ length: STEPS - 1 }, (_, index) => end - (STEPS - 2 - index) * STEP_MS);
  return [...times, now].flatMap((time) => numbers.findLast(({ at }) => at <= time)?.number ?? []);
}

/** The numbers as bars, from the lowest to the highest of them. */
export function sparkline(numbers: readonly number[]): string {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const barOf = (number: number): string =>
    high > low ? BARS[Math.round(((number - low) / (high - low)) * (BARS.length - 1))]! : BARS[0]!;
  return numbers.map(barOf).join('');
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

export const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8);
