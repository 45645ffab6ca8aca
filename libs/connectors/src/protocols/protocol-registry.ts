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

/** A protocol with its schemas ready to check by. */
export class KnownProtocol {
  readonly secretFields: SecretFields;
  private readonly validator: SchemaValidator;
  private readonly types: ReadonlyMap<string, KnownFunctionType>;

  constructor(readonly protocol: Protocol) {
    const { config, functions } = protocol.definition;
    this.secretFields = new SecretFields(config);
    this.validator = validatorOf(config);
    this.types = new Map(
      functions.map((definition) => {
        const validator = validatorOf(definition.config);
        return [definition.type, { definition, schemaProblems: (value: JsonObject) => validator.problems(value) }];
      }),
    );
  }

  /** What is wrong with a connection's config, secrets included. Fields are places in the config. */
  configProblems(config: JsonObject): FieldProblem[] {
    const problems = this.validator.problems(config);
    return problems.length > 0 ? problems : (this.protocol.check?.(config) ?? []);
  }

  functionType(type: string): KnownFunctionType | undefined {
    return this.types.get(type);
  }
}

const validatorOf = (schema: ObjectSchema): SchemaValidator => new SchemaValidator(schema as unknown as JsonSchema);

/** Every protocol there is, found at boot. */
@Injectable()
export class ProtocolRegistry implements OnModuleInit {
  private readonly protocols = new Map<string, KnownProtocol>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error where two providers have the same id, or a schema cannot be used. */
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

  /** By their ids. */
  all(): KnownProtocol[] {
    return [...this.protocols.values()].sort((a, b) => (a.protocol.definition.id < b.protocol.definition.id ? -1 : 1));
  }
}
