import { nodeIdOf, OPERATOR } from '../plant/pasteurizer.ts';
import { SUBSCRIBER, TOPICS } from '../plant/sensors.ts';
import type { PlantPorts } from '../plant/plant.ts';

export interface FunctionPlan {
  name: string;
  type: string;
  config: object;
  parameters?: { name: string; type: string }[];
}

export interface ConnectionPlan {
  name: string;
  description: string;
  protocol: string;
  config: object;
  functions: FunctionPlan[];
}

const input = (name: string, address: number, more: object) => ({ name, area: 'inputRegister', address, ...more });
const TENTHS = { dataType: 'int16', scale: 0.1 } as const;

/** What the platform is connected to, and what it may ask there. */
export const connectionsTo = (ports: PlantPorts): ConnectionPlan[] => [
  {
    name: 'Filler PLC',
    description: 'The filler of line 1: registers as in demo/plant/filler-plc.ts',
    protocol: 'modbus',
    config: { host: '127.0.0.1', port: ports.modbus, unitId: 1 },
    functions: [
      {
        name: 'Poll',
        type: 'modbus.poll',
        config: {
          intervalMs: 1_000,
          report: 'onChange',
          tags: [
            input('speed', 0, { ...TENTHS, deadBand: 0.2 }),
            input('bottles', 1, { dataType: 'uint32' }),
            input('rejects', 3, { dataType: 'uint32' }),
            input('motor-temperature', 5, TENTHS),
            input('bowl-level', 6, { ...TENTHS, deadBand: 0.5 }),
            { name: 'speed-setpoint', address: 0 },
            { name: 'warning-lamp', area: 'coil', address: 0 },
          ],
        },
      },
      {
        name: 'Set speed',
        type: 'modbus.writeRegister',
        config: { address: 0, value: '((speed))' },
        parameters: [{ name: 'speed', type: 'number' }],
      },
      {
        name: 'Switch warning lamp',
        type: 'modbus.writeCoil',
        config: { address: 0, value: '((on))' },
        parameters: [{ name: 'on', type: 'boolean' }],
      },
    ],
  },
  {
    name: 'Pasteurizer',
    description: 'The pasteurizer of line 1: variables as in demo/plant/pasteurizer.ts',
    protocol: 'opc-ua',
    config: { host: '127.0.0.1', port: ports.opcUa, auth: { type: 'userName', ...OPERATOR } },
    functions: [
      {
        name: 'Monitor',
        type: 'opcua.monitor',
        config: {
          publishingIntervalMs: 1_000,
          nodes: [
            { name: 'temperature', nodeId: nodeIdOf('Temperature'), deadBand: 0.1 },
            { name: 'flow', nodeId: nodeIdOf('Flow'), deadBand: 40 },
            { name: 'units', nodeId: nodeIdOf('Units'), deadBand: 0.5 },
            { name: 'setpoint', nodeId: nodeIdOf('Setpoint') },
          ],
          samplingIntervalMs: 1_000,
          queueSize: 1,
        },
      },
      {
        name: 'Set temperature',
        type: 'opcua.write',
        config: { nodeId: nodeIdOf('Setpoint'), value: '((temperature))', dataType: 'Double' },
        parameters: [{ name: 'temperature', type: 'number' }],
      },
    ],
  },
  {
    name: 'Sensors',
    description: 'The plant’s own broker',
    protocol: 'mqtt',
    config: { brokerUrl: `mqtt://127.0.0.1:${ports.mqtt}`, ...SUBSCRIBER },
    functions: [
      { name: 'Measurements', type: 'mqtt.subscribe', config: { topics: [TOPICS.vibration, TOPICS.hall] } },
      { name: 'Scans', type: 'mqtt.subscribe', config: { topics: [TOPICS.scanner] } },
    ],
  },
];
