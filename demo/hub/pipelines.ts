import { EVENTS_TOPIC, LINE_TOPIC, MOTOR_TOPIC, ROOT_TOPIC } from './namespace.ts';

/** °C at which the motor is slowed down, and at which it may run fast again; bottles a minute for both. */
export const HOT = 80;
export const COOL = 62;
const SLOW = 70;
const FAST = 120;

const LAMP = 'Switch warning lamp';

/** Ids of a function and its connection, by their names. */
export type FunctionIds = (connection: string, name: string) => { connectionId: string; functionId: string };

export interface PipelinePlan {
  name: string;
  description: string;
  nodes: Node[];
  /** `A > B`, or `A.true > B` where A has several ways out. */
  edges: string[];
}

interface Node {
  name: string;
  type: string;
  parameters: object;
}

const node = (name: string, type: string, parameters: object): Node => ({ name, type, parameters });
const code = (name: string, text: string): Node => node(name, 'code.javascript', { code: text.trim() });
const publish = (name: string, topic: string, value: string, more: object = {}): Node =>
  node(name, 'system.uns.publish', { topic, value, ...more });
const publishAll = (name: string, from: string): Node =>
  node(name, 'system.uns.publishBatch', { records: `{{ $node["${from}"].result }}` });

/** What moves values from machines into the namespace, computes others from them, and writes back. */
export const pipelinesWith = (idsOf: FunctionIds): PipelinePlan[] => [
  {
    name: 'Filler to namespace',
    description: 'Each register that has changed becomes a value of the namespace',
    nodes: [
      node('Poll', 'trigger.connection', idsOf('Filler PLC', 'Poll')),
      code(
        'Records',
        `
return $trigger.changed.map((name) => ({
  topic: '${LINE_TOPIC}/filler/' + name,
  value: $trigger.payload[name],
  timestamp: $trigger.time,
  source: 'Filler PLC',
}));`,
      ),
      publishAll('Publish', 'Records'),
    ],
    edges: ['Poll > Records', 'Records > Publish'],
  },
  {
    name: 'Pasteurizer to namespace',
    description: 'Values with the time and the quality that the server gives them',
    nodes: [
      node('Monitor', 'trigger.connection', idsOf('Pasteurizer', 'Monitor')),
      publish('Publish', `${LINE_TOPIC}/pasteurizer/{{ $trigger.key }}`, '{{ $trigger.payload }}', {
        timestamp: '{{ $trigger.sourceTimestamp }}',
        source: 'Pasteurizer {{ $trigger.nodeId }}',
        quality: '{{ $trigger.status === "Good" ? "good" : "bad" }}',
      }),
    ],
    edges: ['Monitor > Publish'],
  },
  {
    name: 'Measurements to namespace',
    description: 'Members of JSON messages become values of their own',
    nodes: [
      node('Message', 'trigger.connection', idsOf('Sensors', 'Measurements')),
      code(
        'Records',
        `
const place = $trigger.topic.includes('/hall/') ? '${ROOT_TOPIC}/hall/' : '${LINE_TOPIC}/vibration/';
return Object.entries($trigger.payload).map(([name, value]) => ({ topic: place + name, value, source: $trigger.topic }));`,
      ),
      publishAll('Publish', 'Records'),
    ],
    edges: ['Message > Records', 'Records > Publish'],
  },
  {
    name: 'Scans to namespace',
    description: 'Every bottle, and those that are rejected once more',
    nodes: [
      node('Scan', 'trigger.connection', idsOf('Sensors', 'Scans')),
      publish('Last', `${LINE_TOPIC}/scanner/last`, '{{ $trigger.payload }}', { source: 'scanner' }),
      node('Rejected', 'flow.condition', { conditions: ['$trigger.payload.accepted === false'] }),
      publish('Last reject', `${LINE_TOPIC}/scanner/last-reject`, '{{ $trigger.payload }}', { source: 'scanner' }),
    ],
    edges: ['Scan > Last', 'Scan > Rejected', 'Rejected.true > Last reject'],
  },
  {
    name: 'Figures of the line',
    description: 'Every five seconds: bottles a minute and the share of rejects, of the last minute in the namespace',
    nodes: [
      node('Every 5 s', 'trigger.schedule', { scheduleType: 'interval', interval: '5s' }),
      lastMinute('Bottles', 'bottles'),
      lastMinute('Rejects', 'rejects'),
      node('Enough', 'flow.condition', {
        conditions: ['$node["Bottles"].length > 1', '$node["Rejects"].length > 0'],
      }),
      code(
        'Figures',
        `
const [bottles, rejects] = [$node["Bottles"], $node["Rejects"]];
// A PLC that was switched on anew counts from 0: what falls is no bottle.
const rise = (records) => records.slice(1).reduce((sum, { value }, index) => sum + Math.max(0, records[index].value - value), 0);
const minutes = (Date.parse(bottles[0].timestamp) - Date.parse(bottles.at(-1).timestamp)) / 60000;
const filled = rise(bottles);
const rounded = (value) => Math.round(value * 10) / 10;
return [
  { topic: '${LINE_TOPIC}/kpi/bottles-per-minute', value: rounded(filled / minutes) },
  { topic: '${LINE_TOPIC}/kpi/reject-rate', value: filled > 0 ? rounded((100 * rise(rejects)) / filled) : 0 },
];`,
      ),
      publishAll('Publish', 'Figures'),
    ],
    edges: [
      'Every 5 s > Bottles',
      'Every 5 s > Rejects',
      'Bottles > Enough',
      'Rejects > Enough',
      'Enough.true > Figures',
      'Figures > Publish',
    ],
  },
  {
    name: 'Keep the motor cool',
    description: `Closes the loop: above ${HOT} °C the filler is slowed down, below ${COOL} °C it may run fast again`,
    nodes: [
      node('Temperature', 'trigger.uns.subscribe', { topics: [MOTOR_TOPIC], mode: 'onChange' }),
      node('Setpoint', 'system.uns.fetchdata', { topic: `${LINE_TOPIC}/filler/speed-setpoint`, limit: 1 }),
      node('Decide', 'flow.switch', {
        cases: [
          { id: 'hot', expression: `$trigger.payload > ${HOT} && $node["Setpoint"][0].value > ${SLOW}` },
          { id: 'cool', expression: `$trigger.payload < ${COOL} && $node["Setpoint"][0].value < ${FAST}` },
        ],
        matchMode: 'first',
      }),
      node('Slow down', 'connector.function', { ...idsOf('Filler PLC', 'Set speed'), parameters: { speed: SLOW } }),
      node('Lamp on', 'connector.function', { ...idsOf('Filler PLC', LAMP), parameters: { on: true } }),
      publish('Tell slow', EVENTS_TOPIC, `Motor at {{ $trigger.payload }} °C: slowed down to ${SLOW} bottles/min`),
      node('Speed up', 'connector.function', { ...idsOf('Filler PLC', 'Set speed'), parameters: { speed: FAST } }),
      node('Lamp off', 'connector.function', { ...idsOf('Filler PLC', LAMP), parameters: { on: false } }),
      publish('Tell fast', EVENTS_TOPIC, `Motor at {{ $trigger.payload }} °C: back to ${FAST} bottles/min`),
    ],
    edges: [
      'Temperature > Setpoint',
      'Setpoint > Decide',
      'Decide.hot > Slow down',
      'Slow down > Lamp on',
      'Lamp on > Tell slow',
      'Decide.cool > Speed up',
      'Speed up > Lamp off',
      'Lamp off > Tell fast',
    ],
  },
];

const lastMinute = (name: string, signal: string): Node =>
  node(name, 'system.uns.fetchdata', {
    topic: `${LINE_TOPIC}/filler/${signal}`,
    limit: 200,
    from: '{{ Date.now() - 60000 }}',
  });
