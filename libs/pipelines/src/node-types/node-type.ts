import { DiscoveryService } from '@nestjs/core';
import type { FieldProblem, JsonValue } from '#kernel';
import type { Moment } from '#platform/sandbox';
import type { Evaluator, Scope } from '../expressions';

export type JsonObject = { [name: string]: JsonValue };

/** Where a node type stands in a palette. */
export type NodeCategory = 'trigger' | 'flow' | 'transform' | 'code' | 'model' | 'uns' | 'connector';

/** What a node type is: told by `GET /engine/nodes`, and what nodes of it are checked and run by. */
export interface NodeDefinition {
  /** `flow.condition` */
  type: string;
  category: NodeCategory;
  /** As people call it: `Condition`. */
  title: string;
  /** What it does, in a sentence or two. */
  description: string;
  /** Everything else a user wants to know, in Markdown: behaviour, errors, limits. */
  documentation: string;
  /** Empty for triggers. */
  inputs: readonly string[];
  /** May depend on the parameters, as the cases of a switch do. */
  outputs: readonly string[] | ((parameters: JsonObject) => readonly string[]);
  /**
   * JSON Schema (draft 2020-12) of the parameters once their expressions are computed. Defaults in it are applied before
   * that, and may be expressions themselves (`{{ $input[0] }}`): a parameter whose expression gives nothing has none.
   * Four notes of ours: `x-expression: true` marks a text that is an expression also without `{{ }}`; `x-deferred: true`,
   * on a parameter at the top, hands its text to the node as it stands, to be run by `call.scripts`; `x-secret: true`
   * marks a text that is stored sealed and read as `********`; `x-reference` marks a text that names another entity, by one
   * of `REFERENCES`: the pipeline then stands in the graph as one that breaks without it, and is told of before the entity
   * goes; exports carry names in the place of its id.
   */
  parameters: ParameterSchema;
  example: { parameters: JsonObject; output?: JsonValue };
  /**
   * It does no input or output and keeps no state: after a crash it is computed again, and gives the same. The result of
   * any other node is kept before its successors start.
   */
  pure: boolean;
  /** It starts runs, and nothing leads into it. */
  trigger?: boolean;
  /** Edges that have to lead into it; 1 where nothing is said. */
  leastInputs?: number;
  /** Where a loop begins or ends. */
  loop?: 'begin' | 'end';
}

/**
 * What `x-reference` may say of a text: that it is the id of an entity of that type, a topic (without the version prefix,
 * too: see `fullTopic`), or an MQTT filter of topics.
 */
export const REFERENCES = ['connection', 'function', 'model', 'pipeline', 'topic', 'topic-filter'] as const;

export type ReferenceMark = (typeof REFERENCES)[number];

export interface ParameterSchema {
  type: 'object';
  properties: Record<string, JsonObject>;
  required?: string[];
  additionalProperties: false;
}

/** What a direct predecessor gave. Ordered by the names of the nodes. */
export interface NodeInput {
  port: string;
  nodeId: string;
  nodeName: string;
  value: JsonValue;
}

/** One call of a node, in one run and one iteration. */
export interface NodeCall<P extends object = JsonObject> {
  organizationId: string;
  pipelineId: string;
  executionId: string;
  /** Hops through pipelines that started each other. */
  chainDepth: number;
  node: { id: string; name: string };
  /** Computed, with defaults, and checked by the schema. Deferred ones are as they stand in the pipeline. */
  parameters: P;
  inputs: readonly NodeInput[];
  /** What expressions can name. */
  scope: Scope;
  /**
   * `<execution>/<node>/<iteration path>`: the same in every attempt and after every crash, other for every other call.
   * Whatever the node does outside can be done once by it (`Idempotency-Key`).
   */
  effectKey: string;
  /** From 1. */
  attempt: number;
  /** Clock and seed for scripts: those of the first attempt. */
  moment: Moment;
  /** Aborts when the run is cancelled, the node's time is over or the process ends. */
  signal: AbortSignal;
  /** Runs JavaScript out of reach of everything. */
  scripts: Evaluator;
  /**
   * What the node keeps between runs (null at first), changed under a lock and kept together with the result of this call:
   * both or neither, also when the process dies. For nodes that are not pure.
   */
  withState: (work: (state: JsonValue) => { state: JsonValue; result: NodeResult }) => Promise<NodeResult>;
}

export interface Emission {
  port: string;
  value: JsonValue;
}

/** What a node gives. Ports that are not emitted to lead nowhere in this run. */
export type NodeResult =
  /** `sensitive` are values that history must not show, wherever in the run they go. */
  | { kind: 'emit'; emissions: readonly Emission[]; sensitive?: readonly JsonValue[] }
  /** Goes on at `out` with the value when the time is over. */
  | { kind: 'wait'; milliseconds: number; value: JsonValue }
  /** Ends the whole run. */
  | { kind: 'stop'; status: 'completed' | 'failed'; message: string }
  /** Answers the webhook call that waits for it, then goes on at `out` with the value. */
  | { kind: 'respond'; status: number; headers: Record<string, string>; body: JsonValue; value: JsonValue }
  /** Starts another pipeline; with `wait`, goes on at `out` with that run's last output. */
  | { kind: 'call'; pipelineId: string; payload: JsonValue; wait: boolean };

/** A value at one port, `out` where none is named. */
export const emit = (value: JsonValue, port = 'out'): NodeResult => ({ kind: 'emit', emissions: [{ port, value }] });

/** A node cannot do its work, by its input or by what is outside. Its message is for the people who built the pipeline. */
export class NodeError extends Error {
  override readonly name = 'NodeError';

  constructor(
    message: string,
    /** What else explains it. Never a secret. */
    readonly details?: JsonObject,
    /** Trying again with the same input may help. */
    readonly retryable = true,
    /** Values that history must not show, as in a result. */
    readonly sensitive: readonly JsonValue[] = [],
  ) {
    super(message);
  }
}

/** Marks a provider as a node type, from whichever module it comes. */
export const NodeType = DiscoveryService.createDecorator();

/** One type of node: a Nest provider marked `@NodeType()`. */
export interface NodeType<P extends object = JsonObject> {
  readonly definition: NodeDefinition;
  /** Faults of the parameters, as they stand in the pipeline, that a schema cannot tell. Fields are places in them. */
  check?(parameters: JsonObject): FieldProblem[];
  /** Faults of what they refer to, as it is in the organization now. */
  checkReferences?(parameters: JsonObject, organizationId: string): Promise<FieldProblem[]>;
  /** Triggers have none. @throws NodeError; anything else that is thrown is a bug and fails the node as `internal`. */
  run?(call: NodeCall<P>): NodeResult | Promise<NodeResult>;
}
