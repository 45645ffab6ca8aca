import type { ApiClient } from '#testing';

/** Values of a small plant over the last hours, the same whenever they are made: for pages to show. */

const ROOT = 'mHv1.0/bottling';
const STEP_MS = 60_000;

export const topicOf = (line: string, what: string): string => `${ROOT}/${line}/${what}`;

interface Curve {
  line: string;
  what: string;
  /** Of minutes since the begin. */
  value: (minute: number) => unknown;
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
const wave = (minute: number, period: number, shift = 0): number => Math.sin((minute / period + shift) * 2 * Math.PI);
/** Between -1 and 1, and no two minutes alike. */
const noise = (minute: number, seed: number): number =>
  Math.sin(minute * 12.9898 + seed * 78.233) * Math.cos(minute * 3.7 + seed);
const STATES = ['running', 'running', 'running', 'changeover', 'running', 'running', 'stopped', 'running', 'cleaning'];
const stateOf = (minute: number, shift: number): string => STATES[Math.floor((minute + shift) / 23) % STATES.length]!;

const lineCurves = (line: string, n: number): Curve[] => [
  { line, what: 'temperature', value: (m) => round(64 + n * 3 + 6 * wave(m, 95, n / 3) + noise(m, n), 1) },
  { line, what: 'pressure', value: (m) => round(2.4 + 0.2 * n + 0.25 * wave(m, 50, n / 5) + 0.04 * noise(m, n + 7)) },
  {
    line,
    what: 'motor',
    value: (m) => ({
      rpm: Math.round(1400 + 40 * n + 60 * wave(m, 70, n / 4) + 8 * noise(m, n + 3)),
      current: round(11.5 + n * 0.6 + 1.4 * wave(m, 70, n / 4) + 0.2 * noise(m, n + 5)),
    }),
  },
  { line, what: 'state', value: (m) => stateOf(m, n * 31) },
  {
    line,
    what: 'bottles',
    value: (m) => Math.max(0, Math.round(stateOf(m, n * 31) === 'running' ? 42 + 5 * noise(m, n) : 0)),
  },
];

const CURVES: readonly Curve[] = ['line-1', 'line-2', 'line-3'].flatMap(lineCurves);

/** Publishes the last `hours`, a value a minute, ending now. */
export async function publishHistory(api: ApiClient, hours = 6): Promise<void> {
  const minutes = hours * 60;
  const now = Date.now();
  for (const { line, what, value } of CURVES) {
    const records = Array.from({ length: minutes + 1 }, (_, minute) => ({
      topic: topicOf(line, what),
      value: value(minute),
      source: 'plc-01',
      timestamp: new Date(now - (minutes - minute) * STEP_MS).toISOString(),
    }));
    const { status, text } = await api.post('/uns/data/publish/batch', { records });
    if (status !== 200) throw new Error(`publishing was answered ${status}: ${text}`);
  }
}

const raw = (topic: string, field: string | null = null) => ({ topic, field, aggregate: null, bucket: null });
const avg = (topic: string, field: string | null = null) => ({ topic, field, aggregate: 'avg', bucket: null });

const LIMITS = [
  { value: 0, color: 'green' },
  { value: 70, color: 'orange' },
  { value: 76, color: 'red' },
];

/** A dashboard with a panel of every type. */
export const plantDashboard = (name = 'Bottling plant') => ({
  name,
  description: 'Three lines, as they are now',
  timeRange: { from: 'now-6h', to: 'now' },
  refreshSeconds: 0,
  variables: [{ name: 'line', label: 'Line', topics: `${ROOT}/+/temperature`, default: 'line-1' }],
  panels: [
    panel('temperature', 'Temperature', 'line', [0, 0, 12, 7], [avg(topicOf('+', 'temperature'))], {
      unit: '°C',
      decimals: 1,
      thresholds: [{ value: 76, color: 'red' }],
    }),
    panel('now', 'Temperature of ${line}', 'gauge', [12, 0, 6, 7], [raw(topicOf('${line}', 'temperature'))], {
      unit: '°C',
      decimals: 1,
      min: 40,
      max: 90,
      thresholds: LIMITS,
    }),
    panel('speed', 'Speed', 'stat', [18, 0, 6, 3], [raw(topicOf('${line}', 'motor'), 'rpm')], {
      unit: 'rpm',
      decimals: 0,
    }),
    panel(
      'bottles',
      'Bottles in 6 h',
      'stat',
      [18, 3, 6, 4],
      [{ ...avg(topicOf('${line}', 'bottles')), aggregate: 'sum' }],
      {
        decimals: 0,
      },
    ),
    panel('states', 'What the lines do', 'state-timeline', [0, 7, 24, 5], [raw(topicOf('+', 'state'))], {
      mappings: [
        { value: 'running', label: 'Running', color: 'green' },
        { value: 'changeover', label: 'Changeover', color: 'blue' },
        { value: 'cleaning', label: 'Cleaning', color: 'purple' },
        { value: 'stopped', label: 'Stopped', color: 'red' },
      ],
    }),
    panel(
      'output',
      'Output',
      'bar',
      [0, 12, 9, 7],
      [{ ...avg(topicOf('+', 'bottles')), aggregate: 'sum', bucket: '15m' }],
      {
        unit: 'pcs',
        decimals: 0,
        stacked: true,
      },
    ),
    panel('current', 'Motor current', 'area', [9, 12, 8, 7], [avg(topicOf('${line}', 'motor'), 'current')], {
      unit: 'A',
      min: 8,
    }),
    panel('motors', 'Motors', 'table', [17, 12, 7, 4], [raw(topicOf('+', 'motor'))], {
      columns: [
        { field: 'rpm', label: 'Speed', unit: 'rpm', decimals: 0 },
        { field: 'current', label: 'Current', unit: 'A', decimals: 1 },
      ],
    }),
    panel('notes', 'Notes', 'text', [17, 16, 7, 3], [], {
      text: 'Shift lead: **4711**. Above 76 °C the filler *stops by itself*; see [the explorer](/explorer).',
    }),
  ],
});

function panel(
  id: string,
  title: string,
  type: string,
  [x, y, w, h]: [number, number, number, number],
  queries: object[],
  options: object,
) {
  return { id, title, type, position: { x, y, w, h }, queries, options };
}
