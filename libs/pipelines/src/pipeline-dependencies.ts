import { Injectable } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';
import { NodeTypeRegistry } from './node-types';
import { referencesOf } from './parameters';
import type { DefinedNode } from './pipeline-definition';
import { PipelinesRepository } from './pipelines.repository';

interface Named {
  id: string;
  name: string;
  nodes: readonly DefinedNode[];
}

/** What pipelines refer to: nodes that are disabled, and whole pipelines that are, would break as well once enabled. */
@Injectable()
@ContributesDependencies()
export class PipelineDependencies implements DependencyContributor {
  readonly types = ['pipeline'];

  constructor(
    private readonly pipelines: PipelinesRepository,
    private readonly nodeTypes: NodeTypeRegistry,
  ) {}

  async all(organizationId: string): Promise<Contribution[]> {
    const contributions: Contribution[] = [];
    for await (const pipeline of this.pipelines.each(organizationId)) contributions.push(this.of(pipeline));
    return contributions;
  }

  /** What one pipeline is and refers to. */
  of({ id, name, nodes }: Named): Contribution {
    const references = nodes.flatMap((node) => {
      const definition = this.nodeTypes.find(node.type)?.definition;
      const found = definition ? referencesOf(definition, node.parameters) : [];
      return found.map(({ parameter, ...target }) => ({ ...target, via: placeIn(node, parameter) }));
    });
    return { entity: { type: 'pipeline', key: id, id, name }, references };
  }
}

/** `nodes["Read line"].parameters.topics[0]` */
const placeIn = ({ name }: DefinedNode, parameter: string): string =>
  `nodes[${JSON.stringify(name)}].parameters.${parameter}`;
