import { EVENTS_TOPIC, LINE_TOPIC, MOTOR_TOPIC } from './namespace.ts';
import { COOL, HOT } from './pipelines.ts';

/** Column, row, width and height on a grid of 24 columns. */
type Place = readonly [x: number, y: number, w: number, h: number];

const latest = (topic: string) => ({ topic, field: null, aggregate: null, bucket: null });
const overTime = (topic: string) => ({ ...latest(topic), aggregate: 'avg' });

function panel(id: string, title: string, type: string, [x, y, w, h]: Place, queries: object[], options: object) {
  return { id, title, type, position: { x, y, w, h }, queries, options };
}

const TEMPERATURE = {
  unit: '°C',
  decimals: 1,
  thresholds: [
    { value: 0, color: 'green' },
    { value: COOL, color: 'orange' },
    { value: HOT, color: 'red' },
  ],
};

const NOTES = `Above **${HOT} °C** the pipeline *Keep the motor cool* slows the filler down, below **${COOL} °C** it may run fast
again. [What depends on what](/dependencies), [all topics](/explorer).`;

/** The line as the platform's own pages show it. */
export const DASHBOARD = {
  name: 'Bottling line 1',
  description: 'The simulated line, as it is now',
  timeRange: { from: 'now-5m', to: 'now' },
  refreshSeconds: 0,
  variables: [],
  panels: [
    panel('motor', 'Motor of the filler', 'line', [0, 0, 12, 7], [overTime(MOTOR_TOPIC)], TEMPERATURE),
    panel('motor-now', 'Motor now', 'gauge', [12, 0, 6, 7], [latest(MOTOR_TOPIC)], {
      ...TEMPERATURE,
      min: 20,
      max: 100,
    }),
    panel('output', 'Output', 'stat', [18, 0, 6, 4], [latest(`${LINE_TOPIC}/kpi/bottles-per-minute`)], {
      unit: 'bottles/min',
      decimals: 0,
    }),
    panel('rejects', 'Rejected', 'stat', [18, 4, 6, 3], [latest(`${LINE_TOPIC}/kpi/reject-rate`)], {
      unit: '%',
      decimals: 1,
    }),
    panel('lamp', 'Warning lamp', 'state-timeline', [0, 7, 12, 3], [latest(`${LINE_TOPIC}/filler/warning-lamp`)], {
      mappings: [
        { value: true, label: 'On', color: 'red' },
        { value: false, label: 'Off', color: 'green' },
      ],
    }),
    panel('events', 'What the pipeline did', 'table', [12, 7, 12, 3], [latest(EVENTS_TOPIC)], {}),
    panel(
      'speed',
      'Speed of the filler',
      'line',
      [0, 10, 9, 7],
      [overTime(`${LINE_TOPIC}/filler/speed`), overTime(`${LINE_TOPIC}/filler/speed-setpoint`)],
      { unit: 'bottles/min', decimals: 0, min: 0 },
    ),
    panel(
      'pasteurizer',
      'Pasteurizer',
      'line',
      [9, 10, 9, 7],
      [overTime(`${LINE_TOPIC}/pasteurizer/temperature`), overTime(`${LINE_TOPIC}/pasteurizer/setpoint`)],
      { unit: '°C', decimals: 1 },
    ),
    panel('notes', 'The loop', 'text', [18, 10, 6, 7], [], { text: NOTES }),
  ],
};
