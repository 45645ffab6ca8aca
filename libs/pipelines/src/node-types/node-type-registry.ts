import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { NodeShape, PipelineNode } from '../graph';
import { NodeType, REFERENCES, type NodeDefinition } from './node-type';

/** Every node type there is, found at boot. */
@Injectable()
export class NodeTypeRegistry implements OnModuleInit {
  private readonly types = new Map<string, NodeType>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error where two providers have the same type, or a schema refers to what is no type of entity. */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: NodeType.KEY })) {
      const { definition } = instance as NodeType;
      const known = this.types.get(definition.type);
      // The same provider is found once for each module that it is in.
      if (known && known !== instance) throw new Error(`node type ${definition.type} is provided twice`);
      const mark = strangeMark(definition);
      if (mark !== undefined) throw new Error(`node type ${definition.type}: x-reference is none of ${KNOWN}: ${mark}`);
      this.types.set(definition.type, instance as NodeType);
    }
  }

  find(type: string): NodeType | undefined {
    return this.types.get(type);
  }

  /** By their names. */
  all(): NodeType[] {
    return [...this.types.values()].sort((a, b) => (a.definition.type < b.definition.type ? -1 : 1));
  }

  /** What the rules of graphs need to know of a node's type. */
  readonly shapeOf = ({ type }: PipelineNode): NodeShape | undefined => {
    const definition = this.types.get(type)?.definition;
    if (!definition) return undefined;
    const { trigger = false, inputs, outputs, leastInputs, loop } = definition;
    return {
      trigger,
      inputs,
      outputs: typeof outputs === 'function' ? outputs : () => outputs,
      ...(leastInputs !== undefined && { leastInputs }),
      ...(loop && { loop }),
    };
  };
}

const KNOWN = REFERENCES.join(', ');

/** What a schema says of a reference that nobody would understand. */
function strangeMark({ parameters }: NodeDefinition): string | undefined {
  const marks: string[] = [];
  JSON.stringify(parameters, (key, value: unknown) => {
    // A parameter may be called like that.
    if (key === 'x-reference' && typeof value === 'string') marks.push(value);
    return value;
  });
  return marks.find((mark) => !(REFERENCES as readonly string[]).includes(mark));
}
