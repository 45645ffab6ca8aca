import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { conflict, notFound, type FieldProblem } from '#kernel';
import { SchemaValidator, type JsonSchema } from '#platform/json-schema';
import { SecretFields } from '../secrets';
import { Protocol, type FunctionType, type JsonObject, type ObjectSchema } from './protocol';

/** A function type with its schema ready to check by. */
export interface KnownFunctionType {
  readonly definition: FunctionType;
  /** What is wrong with the config, by the schema alone. */
  schemaProblems(config: JsonObject): FieldProblem[];
}

/** A protocol with its schemas ready to check by: a schema is compiled when something is first checked by it. */
export class KnownProtocol {
  readonly secretFields: SecretFields;
  private readonly check: Check;
  private readonly types: ReadonlyMap<string, KnownFunctionType>;

  /** @throws Error for a mark of a secret that would not be seen. */
  constructor(readonly protocol: Protocol) {
    const { config, functions } = protocol.definition;
    this.secretFields = new SecretFields(config);
    this.check = checkOf(config);
    this.types = new Map(
      functions.map((definition) => [definition.type, { definition, schemaProblems: checkOf(definition.config) }]),
    );
  }

  /** What is wrong with a connection's config, secrets included. Fields are places in the config. */
  configProblems(config: JsonObject): FieldProblem[] {
    const problems = this.check(config);
    return problems.length > 0 ? problems : (this.protocol.check?.(config) ?? []);
  }

  functionType(type: string): KnownFunctionType | undefined {
    return this.types.get(type);
  }
}

type Check = (config: JsonObject) => FieldProblem[];

/** There are some hundred schemas, and most installations use few of them. */
function checkOf(schema: ObjectSchema): Check {
  let validator: SchemaValidator | undefined;
  return (config) => (validator ??= new SchemaValidator(schema as unknown as JsonSchema)).problems(config);
}

/** Every protocol there is, found at boot. */
@Injectable()
export class ProtocolRegistry implements OnModuleInit {
  private readonly protocols = new Map<string, KnownProtocol>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error where two providers have the same id, or a secret would not be seen. */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: Protocol.KEY })) {
      const protocol = instance as Protocol;
      const { id } = protocol.definition;
      const known = this.protocols.get(id);
      // The same provider is found once for each module that it is in.
      if (known?.protocol === protocol) continue;
      if (known) throw new Error(`protocol ${id} is provided twice`);
      this.protocols.set(id, new KnownProtocol(protocol));
    }
  }

  find(id: string): KnownProtocol | undefined {
    return this.protocols.get(id);
  }

  /** @throws DomainError `not_found` */
  get(id: string): KnownProtocol {
    const found = this.protocols.get(id);
    if (!found) throw notFound('Protocol');
    return found;
  }

  /** Of a connection that there is. @throws DomainError `conflict` where this installation has lost its protocol. */
  of({ protocol }: { protocol: string }): KnownProtocol {
    const found = this.protocols.get(protocol);
    if (!found) throw conflict(`Protocol ${protocol} is not part of this installation`);
    return found;
  }

  /** Of whatever protocol: their names begin with its id. */
  functionType(type: string): KnownFunctionType | undefined {
    for (const protocol of this.protocols.values()) {
      const found = protocol.functionType(type);
      if (found) return found;
    }
    return undefined;
  }

  /** By their ids. */
  all(): KnownProtocol[] {
    return [...this.protocols.values()].sort((a, b) => (a.protocol.definition.id < b.protocol.definition.id ? -1 : 1));
  }
}
