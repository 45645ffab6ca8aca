import { DiscoveryService } from '@nestjs/core';
import type { FieldProblem, JsonValue } from '#kernel';
import type { OutboundRules } from '../outbound';

export type JsonObject = { [name: string]: JsonValue };

/** JSON Schema (draft 2020-12) of an object that knows its members. */
export interface ObjectSchema {
  type: 'object';
  properties: Record<string, JsonObject>;
  required?: string[];
  allOf?: JsonObject[];
  $defs?: Record<string, JsonObject>;
  additionalProperties: false;
}

/**
 * How a parameter's value becomes part of a text, by where the text stands: percent-encoded in a path, say. `before` is the
 * text up to there. @throws ParameterRefusal for a value that cannot be part of it.
 */
export type PlaceEncoder = (text: string, before: string) => string;

/** A value that must not stand where its parameter does. The message goes on after the parameter's name. */
export class ParameterRefusal extends Error {
  override readonly name = 'ParameterRefusal';
}

/** One kind of thing that a connection can do: `rest.get`. */
export interface FunctionType {
  /** `<protocol>.<verb>`, camelCase. */
  type: string;
  title: string;
  description: string;
  /** Asked once and answered, or listened to until its end. */
  kind: 'call' | 'subscribe';
  /** Of a function's config, once its parameters are put in. No secrets: those belong to the connection. */
  config: ObjectSchema;
  example: JsonObject;
  /** The encoder for texts at that place of the config. Where there is one, the result is always a text. */
  encoderAt?(place: readonly string[], config: JsonObject): PlaceEncoder | undefined;
  /**
   * Members of the config that reach the session as they stand, with their places: for those that bind values instead of
   * putting them into a text (SQL). The values are in the call's `parameters`.
   */
  verbatim?: readonly string[];
  /** Faults that a schema cannot tell; asked of the config as it stands, and again with the parameters put in. */
  check?(config: JsonObject): FieldProblem[];
}

export interface ProtocolDefinition {
  /** Lower-case letters, digits and hyphens: `rest`, `opc-ua`. */
  id: string;
  title: string;
  description: string;
  /** Counts the changes of what is told here; the ETag is made from it. */
  version: number;
  /** Whether our tests run it against an independent implementation. */
  verified: boolean;
  /**
   * `request`: every process may have a session, which is opened by the first call and closed when idle.
   * `live`: one session at a time, owned by one worker.
   */
  mode: 'request' | 'live';
  /**
   * Of a connection's config. A member marked `x-secret: true`, at any depth but not in a list, is kept sealed and shown
   * as a mask. Secrets that a change leaves out are kept, unless the member `type` beside them changes.
   */
  config: ObjectSchema;
  example: JsonObject;
  functions: readonly FunctionType[];
}

export interface SessionContext {
  organizationId: string;
  connectionId: string;
  /** What every socket has to be connected by. */
  outbound: OutboundRules;
}

export interface CallOptions {
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Milliseconds; the connection's own time where it is not given. The call ends by then, with or without success. */
  timeoutMs?: number | undefined;
  /** The same for every attempt of one effect, where the caller has such a thing. */
  idempotencyKey?: string | undefined;
  /** With defaults, checked. */
  parameters: ReadonlyMap<string, JsonValue>;
}

/** An open way to one connection. Calls may run at the same time. */
export interface Session {
  /** @throws ConnectorError; anything else is a bug. */
  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue>;
  /** Whether the other side is there and lets us in. @throws ConnectorError when not. */
  check(signal: AbortSignal): Promise<void>;
  /** For function types of kind `subscribe`. Resolves once values flow to the sink, which says when it has taken one. */
  subscribe?(
    functionType: string,
    config: JsonObject,
    sink: (value: JsonValue) => Promise<void>,
  ): Promise<{ close(): Promise<void> }>;
  /** What must not be told beside the secrets of the config: tokens that were fetched, credentials as they are encoded. */
  secrets?(): readonly string[];
  /** Nothing is under way any more when it is called. */
  close(): Promise<void>;
}

/** Marks a provider as a protocol, from whichever module it comes. */
export const Protocol = DiscoveryService.createDecorator();

/** One way to talk to machines and systems: a Nest provider marked `@Protocol()`. */
export interface Protocol {
  readonly definition: ProtocolDefinition;
  /** Faults of a config, secrets included, that its schema cannot tell. Never a value in a message. */
  check?(config: JsonObject): FieldProblem[];
  /** The config fits its schema. Need not reach the other side yet. @throws ConnectorError */
  open(config: JsonObject, context: SessionContext): Promise<Session>;
}
