import { DiscoveryService } from '@nestjs/core';
import type { FieldProblem, JsonValue } from '#kernel';
import type { ConnectorError } from '../calls/connector-error';
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
   * `request`: every process may have a session for calls, which is opened by the first one and closed when idle; one worker
   * has another for checks and subscriptions. `live`: there is one session at a time, of one worker, for everything.
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
  /**
   * A connect that is not kept, perhaps beside the session of the same connection: names that the other side keeps apart
   * (an MQTT client id) must be others.
   */
  trial: boolean;
  /** Aborts when nobody waits for the session any more: whatever is still being connected for it ends then. */
  signal: AbortSignal;
  /**
   * To be told once the way to the other side is gone by itself. The session is closed then and, where it is supervised,
   * another one opened after a while: sessions never reconnect by themselves. Nothing happens after `close`.
   */
  lost(reason: ConnectorError): void;
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

/** What a subscription brings. A run is started by it; all of it is in the run's `$trigger`. */
export interface Message {
  payload: JsonValue;
  /** What it is a value of: a topic, a tag, a key. Changes are told apart by it. Characters: 1,000 at most. */
  key?: string;
  /**
   * The same however often the other side brings it, where there is such a thing (topic, partition and offset): runs are
   * started once by it. Characters: 200 at most.
   */
  id?: string;
  /** Further members of `$trigger`: headers, quality, time at the source. */
  more?: JsonObject;
}

/** Who takes what a subscription brings. */
export interface Subscriber {
  /** The function: for names that have to be the same after a restart, such as a durable consumer's. */
  functionId: string;
  /** With defaults, checked. */
  parameters: ReadonlyMap<string, JsonValue>;
  /**
   * Resolves once the message is kept for good: it is acknowledged then and not before. Rejects where it could not be kept;
   * the other side has to bring it again, later. Messages may be offered at the same time and are kept in that order; a
   * source that can wait offers 200 at most. @throws Error
   */
  take(message: Message): Promise<void>;
  /** Counts messages of a source that cannot wait, and those that cannot be read. See `Inlet`. */
  dropped(count: number): void;
}

export interface Subscription {
  /** Nothing is brought any more; what has not been taken stays with the other side. */
  close(): Promise<void>;
}

/** An open way to one connection. Calls may run at the same time. */
export interface Session {
  /** @throws ConnectorError; anything else is a bug. */
  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue>;
  /** Whether the other side is there and lets us in. @throws ConnectorError when not. */
  check(signal: AbortSignal): Promise<void>;
  /**
   * For function types of kind `subscribe`. Resolves once messages flow. @throws ConnectorError; one that is not
   * `retryable` makes the connection `error`.
   */
  subscribe?(functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription>;
  /** What must not be told beside the secrets of the config: tokens that were fetched, credentials as they are encoded. */
  secrets?(): readonly string[];
  /** Ends what is under way, within seconds, whatever the other side does. Subscriptions are closed before. */
  close(): Promise<void>;
}

/** Marks a provider as a protocol, from whichever module it comes. */
export const Protocol = DiscoveryService.createDecorator();

/** One way to talk to machines and systems: a Nest provider marked `@Protocol()`. */
export interface Protocol {
  readonly definition: ProtocolDefinition;
  /** Faults of a config, secrets included, that its schema cannot tell. Never a value in a message. */
  check?(config: JsonObject): FieldProblem[];
  /**
   * The config fits its schema. A `live` one is connected and let in when it resolves; a `request` one need not have reached
   * the other side. Client libraries are loaded here, by `import()`: most installations use few of them.
   * @throws ConnectorError; `retryable` where it may work later with the same config.
   */
  open(config: JsonObject, context: SessionContext): Promise<Session>;
}
