import type { Series } from '../api/types';

/** Spreadsheets run what begins like this. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const plain = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const text = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180: one line for each point, oldest first within its topic. */
export function toCsv(series: readonly Series[]): string {
  const head = 'topic,field,timestamp,value';
  const lines = series.flatMap(({ topic, field, points }) =>
    points.map(([time, value]) => [topic, field ?? '', new Date(time).toISOString(), value].map(cell).join(',')),
  );
  return [head, ...lines, ''].join('\r\n');
}
