import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { readProblems, tagsProblems, writeProblems, type ModbusConfig } from './modbus-config';
import { ModbusLink } from './modbus-link';
import type { Area } from './modbus-areas';
import {
  CONNECTION_SCHEMA,
  POLL_TAGS,
  READ_BITS,
  READ_REGISTERS,
  READ_TAGS,
  WRITE_COIL,
  WRITE_COILS,
  WRITE_REGISTER,
  WRITE_REGISTERS,
} from './modbus-schemas';
import { ModbusSession } from './modbus-session';

const bits = (name: string, title: string, area: Area, code: string): FunctionType => ({
  type: `modbus.${name}`,
  title,
  description: `Reads bits that lie side by side (function ${code})`,
  kind: 'call',
  config: READ_BITS,
  example: { address: 0, quantity: 8 },
  check: readProblems(area),
});

const registers = (name: string, title: string, area: Area, code: string): FunctionType => ({
  type: `modbus.${name}`,
  title,
  description: `Reads registers that lie side by side, as values of one type (function ${code})`,
  kind: 'call',
  config: READ_REGISTERS,
  example: { address: 100, quantity: 2, dataType: 'float32' },
  check: readProblems(area),
});

const TAGS: JsonObject[] = [
  { name: 'temperature', address: 0, dataType: 'int16', scale: 0.1 },
  { name: 'running', area: 'coil', address: 3 },
];

const FUNCTIONS: FunctionType[] = [
  {
    type: 'modbus.read',
    title: 'Read tags',
    description: 'Reads tags from anywhere in the device, by as few requests as may be',
    kind: 'call',
    config: READ_TAGS,
    example: { tags: TAGS },
    check: tagsProblems,
  },
  {
    type: 'modbus.poll',
    title: 'Poll tags',
    description: 'Reads tags again and again, and starts with all of them or with what has changed',
    kind: 'subscribe',
    config: POLL_TAGS,
    example: { tags: TAGS, intervalMs: 1_000, report: 'onChange', deadBand: 0.5 },
    check: tagsProblems,
  },
  bits('readCoils', 'Read coils', 'coil', '01'),
  bits('readDiscreteInputs', 'Read discrete inputs', 'discreteInput', '02'),
  registers('readHoldingRegisters', 'Read holding registers', 'holdingRegister', '03'),
  registers('readInputRegisters', 'Read input registers', 'inputRegister', '04'),
  {
    type: 'modbus.writeCoil',
    title: 'Write coil',
    description: 'Writes one bit (function 05)',
    kind: 'call',
    config: WRITE_COIL,
    example: { address: 3, value: '((value))' },
  },
  {
    type: 'modbus.writeRegister',
    title: 'Write register',
    description: 'Writes one register (function 06)',
    kind: 'call',
    config: WRITE_REGISTER,
    example: { address: 10, value: '((setpoint))', dataType: 'int16', scale: 0.1 },
  },
  {
    type: 'modbus.writeMultipleCoils',
    title: 'Write multiple coils',
    description: 'Writes bits that lie side by side (function 15)',
    kind: 'call',
    config: WRITE_COILS,
    example: { address: 0, values: [true, false, true] },
    check: writeProblems,
  },
  {
    type: 'modbus.writeMultipleRegisters',
    title: 'Write multiple registers',
    description: 'Writes values of one type into registers that lie side by side (function 16)',
    kind: 'call',
    config: WRITE_REGISTERS,
    example: { address: 10, values: ['((setpoint))'], dataType: 'float32' },
    check: writeProblems,
  },
];

/** Machines and meters that have tables of bits and registers. */
@Protocol()
export class ModbusProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'modbus',
    title: 'Modbus TCP',
    description: 'Reads, polls and writes coils and registers of machines and meters, also behind gateways',
    version: 1,
    verified: true,
    mode: 'live',
    config: CONNECTION_SCHEMA,
    example: { host: '192.168.1.20', port: 502, unitId: 1 },
    functions: FUNCTIONS,
  };

  async open(config: JsonObject, context: SessionContext): Promise<ModbusSession> {
    const given = config as unknown as ModbusConfig;
    return new ModbusSession(given, await ModbusLink.connect(given, context));
  }
}
