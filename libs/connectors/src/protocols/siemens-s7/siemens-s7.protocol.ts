import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { tagsProblems, writeProblems, type S7Config } from './s7-config';
import { S7Link } from './s7-link';
import { CONNECTION_SCHEMA, POLL_TAGS, READ_TAGS, WRITE } from './s7-schemas';
import { S7Session } from './s7-session';

const TAGS: JsonObject[] = [
  { name: 'temperature', address: 'DB1.DBD4', dataType: 'REAL' },
  { name: 'running', address: 'DB1.DBX0.0' },
];

const FUNCTIONS: FunctionType[] = [
  {
    type: 's7.read',
    title: 'Read tags',
    description:
      'Reads tags from data blocks, inputs, outputs, markers, timers and counters, by as few requests as may be',
    kind: 'call',
    config: READ_TAGS,
    example: { tags: TAGS },
    check: tagsProblems,
  },
  {
    type: 's7.write',
    title: 'Write',
    description: 'Writes a value, or values of one type that lie side by side',
    kind: 'call',
    config: WRITE,
    example: { address: 'DB1.DBD8', dataType: 'REAL', value: '((setpoint))' },
    check: writeProblems,
  },
  {
    type: 's7.poll',
    title: 'Poll tags',
    description: 'Reads tags again and again, and starts with all of them or with what has changed',
    kind: 'subscribe',
    config: POLL_TAGS,
    example: { tags: TAGS, intervalMs: 1_000, report: 'onChange', deadBand: 0.5 },
    check: tagsProblems,
  },
];

/** PLCs of Siemens: S7-300, -400, -1200 and -1500. */
@Protocol()
export class SiemensS7Protocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'siemens-s7',
    title: 'Siemens S7',
    description: 'Reads, polls and writes the memory of PLCs over ISO on TCP',
    version: 1,
    verified: true,
    mode: 'live',
    config: CONNECTION_SCHEMA,
    example: { host: '192.168.1.100', rack: 0, slot: 1 },
    functions: FUNCTIONS,
  };

  async open(config: JsonObject, context: SessionContext): Promise<S7Session> {
    const given = config as unknown as S7Config;
    return new S7Session(given, await S7Link.connect(given, context));
  }
}
