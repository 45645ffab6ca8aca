import { Injectable } from '@nestjs/common';
import { SecretBox } from '#platform/crypto';
import { SECRET_PLACE } from '#platform/dependencies';
import { placeOf } from '#platform/json-schema';
import { NodeTypeRegistry, type JsonObject } from './node-types';
import { mapSecrets, missingSecrets, wrongSecrets } from './parameters';
import type { PipelineProblem } from './pipeline-checker';
import type { DefinedNode } from './pipeline-definition';

/** What is read in the place of a secret. Sent back, it means the one there is. */
export const MASK = SECRET_PLACE;
const SEALED = 'sealed:';

/**
 * Texts that a node type's schema marks `x-secret`: sealed in the tables, masked in answers, in clear for runs alone.
 * A secret belongs to its node, by the node's id, and to its pipeline, whose key it is sealed by.
 */
@Injectable()
export class PipelineSecrets {
  constructor(
    private readonly types: NodeTypeRegistry,
    private readonly box: SecretBox,
  ) {}

  masked<N extends DefinedNode>(nodes: readonly N[]): N[] {
    return this.mapped(nodes, () => MASK);
  }

  /** The nodes with the secrets that masks stand for. A mask that stands for nothing stays what it is. */
  unmasked(nodes: readonly DefinedNode[], before: readonly DefinedNode[]): DefinedNode[] {
    // Of the same type alone: another one might send its secrets elsewhere.
    const keyOf = ({ id, type }: DefinedNode): string => `${type}/${id}`;
    const known = new Map(before.map((node) => [keyOf(node), this.secretsOf(node)]));
    return this.mapped(nodes, (text, pointer, node) =>
      text === MASK ? (known.get(keyOf(node))?.get(pointer) ?? MASK) : text,
    );
  }

  /** Places of secrets that have no text: it would be kept, and told to everybody, in clear. */
  wrongIn(nodes: readonly DefinedNode[]): PipelineProblem[] {
    return nodes.flatMap((node) => {
      const definition = this.types.find(node.type)?.definition;
      const wrong = definition ? wrongSecrets(definition, node.parameters) : [];
      return wrong.map((pointer) => ({
        nodeId: node.id,
        parameter: placeOf(pointer),
        message: 'The secret must be a text',
      }));
    });
  }

  /** Masks that stand for nothing: the secret belongs to another place, or was never given. */
  unknownIn(nodes: readonly DefinedNode[]): PipelineProblem[] {
    return nodes.flatMap((node) =>
      [...this.secretsOf(node)]
        .filter(([, text]) => text === MASK)
        .map(([pointer]) => ({ nodeId: node.id, parameter: placeOf(pointer), message: 'The secret is required' })),
    );
  }

  /** All secrets, by their JSON Pointers in a document that has the nodes, each node by its id. */
  in(nodes: readonly DefinedNode[]): Map<string, string> {
    return new Map(
      nodes.flatMap((node) => [...this.secretsOf(node)].map(([pointer, text]) => [placeOfNode(node) + pointer, text])),
    );
  }

  /** JSON Pointers of those that types require, and that nobody has given. */
  missingIn(nodes: readonly DefinedNode[]): string[] {
    return nodes.flatMap((node) => {
      const definition = this.types.find(node.type)?.definition;
      const missing = definition ? missingSecrets(definition, node.parameters) : [];
      return missing.map((pointer) => placeOfNode(node) + pointer);
    });
  }

  sealed(pipelineId: string, nodes: readonly DefinedNode[]): DefinedNode[] {
    return nodes.map((node) => ({
      ...node,
      parameters: this.sealParameters(pipelineId, node.type, node.parameters),
    }));
  }

  opened(pipelineId: string, nodes: readonly DefinedNode[]): DefinedNode[] {
    return nodes.map((node) => ({
      ...node,
      parameters: this.openParameters(pipelineId, node.type, node.parameters),
    }));
  }

  sealParameters(pipelineId: string, type: string, parameters: JsonObject): JsonObject {
    const seal = (text: string) => SEALED + this.box.seal(purposeOf(pipelineId), text).toString('base64');
    return this.map(type, parameters, seal);
  }

  openParameters(pipelineId: string, type: string, parameters: JsonObject): JsonObject {
    const open = (text: string) =>
      // What was written before its type called it a secret is as it was.
      text.startsWith(SEALED)
        ? this.box.open(purposeOf(pipelineId), Buffer.from(text.slice(SEALED.length), 'base64'))
        : text;
    return this.map(type, parameters, open);
  }

  private secretsOf({ type, parameters }: DefinedNode): Map<string, string> {
    const secrets = new Map<string, string>();
    this.map(type, parameters, (text, pointer) => {
      secrets.set(pointer, text);
      return text;
    });
    return secrets;
  }

  private mapped<N extends DefinedNode>(
    nodes: readonly N[],
    change: (text: string, pointer: string, node: N) => string,
  ): N[] {
    return nodes.map((node) => ({
      ...node,
      parameters: this.map(node.type, node.parameters, (text, pointer) => change(text, pointer, node)),
    }));
  }

  private map(type: string, parameters: JsonObject, change: (text: string, pointer: string) => string): JsonObject {
    const definition = this.types.find(type)?.definition;
    return definition ? mapSecrets(definition, parameters, change) : parameters;
  }
}

const placeOfNode = ({ id }: DefinedNode): string => `/nodes/${id}/parameters`;

const purposeOf = (pipelineId: string): string => `pipeline ${pipelineId}`;
