/*
 * The demo's branch of the Unified Namespace: what pipelines write there, and how the board shows it.
 */

export const ROOT_TOPIC = 'mHv1.0/bottling';
export const LINE_TOPIC = `${ROOT_TOPIC}/line-1`;

export interface Signal {
  topic: string;
  group: string;
  title: string;
  unit: string;
  /** Digits behind the point; undefined for what is no number. */
  digits?: number;
}

const signals = (
  group: string,
  path: string,
  rows: readonly [name: string, title: string, unit: string, digits?: number][],
) =>
  rows.map(([name, title, unit, digits]): Signal => {
    return { topic: `${path}/${name}`, group, title, unit, ...(digits !== undefined && { digits }) };
  });

export const SIGNALS: readonly Signal[] = [
  ...signals('Line', `${LINE_TOPIC}/kpi`, [
    ['bottles-per-minute', 'Output of the last minute', 'bottles/min', 1],
    ['reject-rate', 'Rejected in the last minute', '%', 1],
  ]),
  ...signals('Filler', `${LINE_TOPIC}/filler`, [
    ['motor-temperature', 'Motor', '°C', 1],
    ['speed', 'Speed', 'bottles/min', 1],
    ['speed-setpoint', 'Speed setpoint', 'bottles/min', 0],
    ['warning-lamp', 'Warning lamp', ''],
    ['bottles', 'Bottles filled', '', 0],
    ['rejects', 'Bottles rejected', '', 0],
    ['bowl-level', 'Level of the bowl', '%', 1],
  ]),
  ...signals('Pasteurizer', `${LINE_TOPIC}/pasteurizer`, [
    ['temperature', 'Temperature', '°C', 1],
    ['setpoint', 'Temperature setpoint', '°C', 1],
    ['flow', 'Flow', 'l/h', 0],
    ['units', 'Pasteurization units', 'PU', 1],
  ]),
  ...signals('Sensors', LINE_TOPIC, [
    ['vibration/rms', 'Vibration of the filler', 'mm/s', 2],
    ['scanner/last', 'Bottle just scanned', ''],
    ['scanner/last-reject', 'Last one rejected', ''],
  ]),
  ...signals('Hall', `${ROOT_TOPIC}/hall`, [
    ['temperature', 'Temperature', '°C', 2],
    ['humidity', 'Humidity', '%', 1],
  ]),
];

/** What pipelines did and why, as text. */
export const EVENTS_TOPIC = `${LINE_TOPIC}/events`;
export const MOTOR_TOPIC = `${LINE_TOPIC}/filler/motor-temperature`;
