import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { configProblems, encoderAt, nodesProblems, type OpcUaConfig } from './opcua-config';
import { OpcUaLink } from './opcua-link';
import { BATCH_READ, BROWSE, CALL, CONNECTION_SCHEMA, MONITOR, READ, WRITE } from './opcua-schemas';
import { OpcUaSession } from './opcua-session';

const NODES: JsonObject[] = [
  { name: 'temperature', nodeId: 'ns=2;s=Machine.Temperature' },
  { name: 'running', nodeId: 'ns=2;s=Machine.Running' },
];

const FUNCTIONS: FunctionType[] = [
  {
    type: 'opcua.read',
    title: 'Read',
    description: 'Reads a value, or another attribute of a node, with its quality and times',
    kind: 'call',
    config: READ,
    example: { nodeId: 'ns=2;s=Machine.Temperature' },
    encoderAt,
  },
  {
    type: 'opcua.batchRead',
    title: 'Batch read',
    description: 'Reads the values of many nodes',
    kind: 'call',
    config: BATCH_READ,
    example: { nodes: NODES },
    encoderAt,
    check: nodesProblems,
  },
  {
    type: 'opcua.write',
    title: 'Write',
    description: 'Writes a value',
    kind: 'call',
    config: WRITE,
    example: { nodeId: 'ns=2;s=Machine.Setpoint', value: '((setpoint))' },
    encoderAt,
  },
  {
    type: 'opcua.browse',
    title: 'Browse',
    description: 'Lists what is below a node',
    kind: 'call',
    config: BROWSE,
    example: { nodeId: 'ns=2;s=Machine' },
    encoderAt,
  },
  {
    type: 'opcua.call',
    title: 'Call method',
    description: 'Calls a method of an object',
    kind: 'call',
    config: CALL,
    example: { objectId: 'ns=2;s=Machine', methodId: 'ns=2;s=Machine.Start', arguments: ['((recipe))'] },
    encoderAt,
  },
  {
    type: 'opcua.monitor',
    title: 'Monitor',
    description: 'Starts with every change that the server reports of some nodes',
    kind: 'subscribe',
    config: MONITOR,
    example: { nodes: NODES, publishingIntervalMs: 1_000, samplingIntervalMs: 250 },
    encoderAt,
    check: nodesProblems,
  },
];

/** Machines and control systems with an OPC UA server. */
@Protocol()
export class OpcUaProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'opc-ua',
    title: 'OPC UA',
    description: 'Reads, writes, browses, monitors and calls what a server of a machine or control system offers',
    version: 1,
    verified: false,
    mode: 'live',
    config: CONNECTION_SCHEMA,
    example: { host: '192.168.1.30', auth: { type: 'userName', username: 'hub', password: 'a secret' } },
    functions: FUNCTIONS,
  };

  check = (config: JsonObject) => configProblems(config);

  async open(config: JsonObject, context: SessionContext): Promise<OpcUaSession> {
    const given = config as unknown as OpcUaConfig;
    return new OpcUaSession(given, await OpcUaLink.connect(given, context));
  }
}
