import type { JsonValue } from '#kernel';
import { Sandbox } from '#platform/sandbox';
import {
  NodeError,
  type JsonObject,
  type NodeCall,
  type NodeInput,
  type NodeResult,
  type NodeType,
} from '../node-types';

/** 2026-01-02T03:04:05.678Z */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** Longer than anything takes on the busiest machine, unless it never ends. */
const LIMITS = { timeMs: 20_000, memoryBytes: 32 * 1024 * 1024, outputLength: 5_000_000 };

const sandbox = new Sandbox(LIMITS);

/** For scripts that never end. */
export const briefly: Pick<TestCall, 'scripts'> = { scripts: new Sandbox({ ...LIMITS, timeMs: 50 }) };

export interface TestCall extends Partial<Omit<NodeCall, 'inputs'>> {
  /** What the nodes before gave: values of nodes A, B … at their `out`, or whole inputs. */
  values?: readonly JsonValue[];
  inputs?: readonly NodeInput[];
}

/** A call of a node with parameters that are computed already, in a run that is nowhere. */
export function testCall(parameters: JsonObject, { values = [], ...rest }: TestCall = {}): NodeCall {
  const inputs = values.map((value, index) => testInput(String.fromCharCode(65 + index), value));
  return {
    organizationId: '01890a5d-ac96-774b-bcce-b302099a8001',
    pipelineId: '01890a5d-ac96-774b-bcce-b302099a8002',
    executionId: '01890a5d-ac96-774b-bcce-b302099a8003',
    chainDepth: 0,
    node: { id: 'n', name: 'Node' },
    parameters,
    inputs,
    scope: { $input: inputs.map(({ value }) => value) },
    effectKey: '01890a5d-ac96-774b-bcce-b302099a8003/n/',
    attempt: 1,
    moment: { now: NOW, seed: 1 },
    signal: new AbortController().signal,
    scripts: sandbox,
    withState: () => Promise.reject(new Error('it keeps no state')),
    ...rest,
  };
}

export const testInput = (nodeName: string, value: JsonValue, port = 'out'): NodeInput => ({
  nodeId: nodeName.toLowerCase(),
  nodeName,
  port,
  value,
});

/** A node type, whatever its parameters. */
interface AnyNodeType extends Pick<NodeType, 'definition' | 'check'> {
  run?(call: never): NodeResult | Promise<NodeResult>;
}

/** What a node gives. */
export const runNode = async (type: AnyNodeType, parameters: object, call: TestCall = {}): Promise<NodeResult> =>
  type.run!(testCall(parameters as JsonObject, call) as never);

/** What it emits at `out`, or at the one port named. */
export async function outputOf(type: AnyNodeType, parameters: object, call: TestCall = {}, port = 'out') {
  const result = await runNode(type, parameters, call);
  if (result.kind !== 'emit') throw new Error(`it gave ${result.kind}`);
  if (result.emissions.length !== 1 || result.emissions[0]!.port !== port) {
    throw new Error(`it emitted at ${result.emissions.map((emission) => emission.port).join() || 'no port'}`);
  }
  return result.emissions[0]!.value;
}

/** The message of the error that a node fails with. */
export async function failureOf(type: AnyNodeType, parameters: object, call: TestCall = {}): Promise<string> {
  try {
    await runNode(type, parameters, call);
  } catch (error) {
    if (error instanceof NodeError) return error.message;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Problems of parameters as they stand in a pipeline, `field: message` each. */
export function problemsOf(type: AnyNodeType, parameters: object): string[] {
  const problems = type.check?.(parameters as JsonObject) ?? [];
  return problems.map(({ field, message }) => `${field}: ${message}`);
}

/** Keeps state between calls as the engine does. */
export function keptState(): { call: Pick<NodeCall, 'withState'>; current: () => JsonValue } {
  let kept: JsonValue = null;
  return {
    call: {
      withState: (work) => {
        const { state, result } = work(kept);
        kept = state;
        return Promise.resolve(result);
      },
    },
    current: () => kept,
  };
}
