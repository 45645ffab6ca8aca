import type { Argument, NodeId, ReferenceDescription } from 'node-opcua-client';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { chunks } from './chunks';
import {
  nameOf,
  type BrowseConfig,
  type MonitorConfig,
  type NamedNode,
  type OpcUaConfig,
  type OpcUaFunctionConfig,
} from './opcua-config';
import { badStatus } from './opcua-failure';
import type { OpcUaLink } from './opcua-link';
import { monitor } from './opcua-monitor';
import { ATTRIBUTES } from './opcua-schemas';
import { decode, encode, isBad, reading, valueOf, type UaDataValue, type UaVariant } from './opcua-values';

/** Values in one request. */
const AT_ONCE = 100;
/** Of the standard: ServerStatus.State, and the one that means it runs. */
const STATE = 'ns=0;i=2259';
const RUNNING = 0;
/** References that lead down: HierarchicalReferences. */
const DOWN = 'ns=0;i=33';
const ALL_FIELDS = 63;

/** Reads, writes, browses, calls and monitors through one link. */
export class OpcUaSession implements Session {
  constructor(
    private readonly config: OpcUaConfig,
    private readonly link: OpcUaLink,
  ) {}

  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    const wanted = config as unknown as OpcUaFunctionConfig;
    return withinDeadline({ timeoutMs, signal: options.signal, where: this.link.where }, (signal) => {
      switch (functionType) {
        case 'opcua.read':
          return this.read(wanted);
        case 'opcua.batchRead':
          return this.readAll(wanted.nodes, signal);
        case 'opcua.write':
          return this.write(wanted);
        case 'opcua.browse':
          return this.browse(config);
        default:
          return this.callMethod(wanted);
      }
    });
  }

  async check(signal: AbortSignal): Promise<void> {
    const { where } = this.link;
    const state = await withinDeadline({ timeoutMs: DEFAULT_TIMEOUT, signal, where }, () =>
      this.link.request((session) => session.read({ nodeId: STATE, attributeId: ATTRIBUTES.Value })),
    );
    if (state.value?.value !== RUNNING)
      throw new ConnectorError(`${where}: the server does not run`, { retryable: true });
  }

  subscribe(_functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    return monitor(this.link, config as unknown as MonitorConfig, subscriber);
  }

  close(): Promise<void> {
    return this.link.close();
  }

  private async read({ nodeId, attribute = 'Value' }: OpcUaFunctionConfig): Promise<JsonValue> {
    const id = await this.link.nodeId(nodeId);
    const attributeId = ATTRIBUTES[attribute as keyof typeof ATTRIBUTES];
    const value = (await this.link.request((session) => session.read({ nodeId: id, attributeId }))) as UaDataValue;
    this.requireGood(value.statusCode);
    return reading(value);
  }

  /** Those that are bad beside the others. @throws ConnectorError where none is good */
  private async readAll(nodes: readonly NamedNode[], signal: AbortSignal): Promise<JsonValue> {
    const values: [name: string, value: JsonValue][] = [];
    const errors: [name: string, status: string][] = [];
    for (const chunk of chunks(nodes, AT_ONCE)) {
      signal.throwIfAborted();
      const ids = await Promise.all(chunk.map(({ nodeId }) => this.link.nodeId(nodeId)));
      const wanted = ids.map((nodeId) => ({ nodeId, attributeId: ATTRIBUTES.Value }));
      const answers = (await this.link.request((session) => session.read(wanted))) as UaDataValue[];
      answers.forEach((answer, index) => {
        const name = nameOf(chunk[index]!);
        if (isBad(answer.statusCode)) errors.push([name, answer.statusCode.name]);
        else values.push([name, valueOf(answer)]);
      });
    }
    const [first] = errors;
    if (first && values.length === 0) throw badStatus(first[1], this.link.where);
    return { values: Object.fromEntries(values), ...(first && { errors: Object.fromEntries(errors) }) };
  }

  private async write({ nodeId, value, dataType }: OpcUaFunctionConfig): Promise<JsonValue> {
    const id = await this.link.nodeId(nodeId);
    const type = dataType ?? (await this.typeOf(id));
    const written = { value: encode(value, type) };
    const status = await this.link.request((session) =>
      session.write({ nodeId: id, attributeId: ATTRIBUTES.Value, value: written }),
    );
    this.requireGood(status);
    return { dataType: type, status: status.name };
  }

  private async typeOf(id: NodeId): Promise<string> {
    return this.link.library.DataType[await this.link.request((session) => session.getBuiltInDataType(id))];
  }

  private async browse({ nodeId = 'i=85', limit = 1_000 }: BrowseConfig): Promise<JsonValue> {
    const id = await this.link.nodeId(nodeId);
    return this.link.request(async (session) => {
      session.requestedMaxReferencesPerNode = limit;
      const first = {
        nodeId: id,
        browseDirection: 0,
        referenceTypeId: DOWN,
        includeSubtypes: true,
        resultMask: ALL_FIELDS,
      };
      let page = await session.browse(first);
      this.requireGood(page.statusCode);
      const found = [...(page.references ?? [])];
      while (page.continuationPoint?.length && found.length < limit) {
        page = await session.browseNext(page.continuationPoint, false);
        found.push(...(page.references ?? []));
      }
      const complete = !page.continuationPoint?.length && found.length <= limit;
      if (page.continuationPoint?.length) await session.browseNext(page.continuationPoint, true);
      return { references: found.slice(0, limit).map((reference) => this.referenceOf(reference)), complete };
    });
  }

  private referenceOf(reference: ReferenceDescription): JsonObject {
    return {
      nodeId: reference.nodeId.toString(),
      browseName: reference.browseName.toString(),
      displayName: reference.displayName.text ?? null,
      nodeClass: this.link.library.NodeClass[reference.nodeClass] ?? null,
      referenceType: reference.referenceTypeId.toString(),
      typeDefinition: reference.typeDefinition?.toString() ?? null,
    };
  }

  private async callMethod(config: OpcUaFunctionConfig): Promise<JsonValue> {
    const { arguments: given = [] } = config;
    const [objectId, methodId] = await Promise.all([
      this.link.nodeId(config.objectId),
      this.link.nodeId(config.methodId),
    ]);
    const { inputArguments: declared } = await this.link.request((session) => session.getArgumentDefinition(methodId));
    if (declared.length !== given.length) {
      throw new ConnectorError(`The method takes ${declared.length} arguments, ${given.length} are given`);
    }
    const types = await Promise.all(declared.map((argument) => this.typeOfArgument(argument)));
    const inputArguments = given.map((value, index) => encode(value, types[index]!));
    const result = await this.link.request((session) => session.call({ objectId, methodId, inputArguments }));
    this.requireGood(result.statusCode);
    return {
      status: result.statusCode.name,
      outputs: (result.outputArguments ?? []).map((one) => decode(one as UaVariant)),
    };
  }

  private async typeOfArgument({ dataType }: Argument): Promise<string> {
    const { library } = this.link;
    return library.DataType[await this.link.request((session) => library.findBasicDataType(session, dataType))];
  }

  /** @throws ConnectorError */
  private requireGood(status: UaDataValue['statusCode']): void {
    if (isBad(status)) throw badStatus(status.name, this.link.where);
  }
}
