import { crc32 } from 'node:zlib';
import { ApiProperty } from '@nestjs/swagger';
import type { NodeCategory, NodeDefinition } from '../node-types';

export class NodePorts {
  inputs!: string[];

  /** Those of the example, where they depend on the parameters. */
  outputs!: string[];

  /** Whether the outputs depend on the parameters. */
  dynamic!: boolean;
}

export class NodeTypeView {
  /** By which nodes name it. @example "flow.condition" */
  id!: string;

  category!: NodeCategory;

  /** @example "Condition" */
  title!: string;

  /** What it does, in a sentence or two. */
  description!: string;

  /** Behaviour, errors and limits, in Markdown. */
  documentation!: string;

  @ApiProperty({ type: () => NodePorts })
  ports!: NodePorts;

  /**
   * JSON Schema (draft 2020-12) of the parameters, once their expressions are computed. `x-expression` marks texts that are
   * expressions also without `{{ }}`, `x-deferred` those that the node computes by itself, `x-secret` those that are
   * never read back, `x-reference` those that name another entity (an id, a topic or a filter of topics).
   */
  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters!: NodeDefinition['parameters'];

  @ApiProperty({ type: 'object', additionalProperties: true })
  example!: NodeDefinition['example'];

  /** It does no input or output and keeps no state. */
  pure!: boolean;

  /** It starts runs, and nothing leads into it. */
  trigger!: boolean;

  /** Another number whenever anything of it is another; the ETag is made from it. */
  version!: number;
}

export function toNodeTypeView(definition: NodeDefinition): NodeTypeView {
  const { type, category, title, description, documentation, inputs, outputs, parameters, example } = definition;
  const dynamic = typeof outputs === 'function';
  const view = {
    id: type,
    category,
    title,
    description,
    documentation,
    ports: { inputs: [...inputs], outputs: [...(dynamic ? outputs(example.parameters) : outputs)], dynamic },
    parameters,
    example,
    pure: definition.pure,
    trigger: definition.trigger ?? false,
  };
  return { ...view, version: crc32(JSON.stringify(view)) };
}
