import { Injectable } from '@nestjs/common';
import type { JsonValue, Member } from '#kernel';
import {
  IsPortable,
  nameOfPath,
  notAReference,
  pathOfNames,
  type CheckedContent,
  type ChangedEntity,
  type Conflict,
  type EnteringEntity,
  type Portable,
  type PortableContent,
  type PortableEntity,
} from '#platform/dependencies';
import { NodeTypeRegistry } from '../node-types';
import { isObject, mapReferences, strangeReferences } from '../parameters';
import { PipelineChecker, placed, type PipelineProblem } from '../pipeline-checker';
import { sizeProblem } from '../pipeline-content';
import { PipelineEditor, type Draft } from '../pipeline-editor';
import { PipelineSecrets } from '../pipeline-secrets';
import { PipelineTriggers } from '../pipeline-triggers';
import type { DefinedNode } from '../pipeline-definition';
import { definitionOf, type Pipeline } from '../pipeline.entity';
import { PipelinesRepository } from '../pipelines.repository';
import { contentOf, readContent, type PipelineContent } from './read-content';
import { webhookConflicts } from './webhook-conflicts';

/**
 * Pipelines that leave and enter. Nodes and edges keep their ids, and their order: branches begin in that of the edges.
 * Pipelines that call or watch each other may come in any order, since only connections, functions and models have to be
 * there for one to be enabled.
 */
@Injectable()
@IsPortable()
export class PipelinePortable implements Portable {
  readonly type = 'pipeline';
  readonly after = ['connection', 'function', 'model'];
  readonly caseless = true;
  readonly circular = true;

  constructor(
    private readonly pipelines: PipelinesRepository,
    private readonly editor: PipelineEditor,
    private readonly checker: PipelineChecker,
    private readonly secrets: PipelineSecrets,
    private readonly triggers: PipelineTriggers,
    private readonly nodeTypes: NodeTypeRegistry,
  ) {}

  async names(organizationId: string): Promise<Map<string, string>> {
    const named = await this.pipelines.names(organizationId);
    return new Map(named.map(({ id, name }) => [pathOfNames([name]), id]));
  }

  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    return (await this.pipelines.ofIds(organizationId, ids)).map((row) => this.entityOf(row));
  }

  check(name: string, content: PortableContent): CheckedContent {
    const read = readContent(name, content);
    if ('problems' in read) return { content, secrets: [], problems: read.problems };
    const { definition, enabled } = read;
    const tooLarge = sizeProblem(definition);
    return {
      content: asPortable(contentOf(definition, enabled)),
      secrets: [...this.secrets.in(definition.nodes).keys(), ...this.secrets.missingIn(definition.nodes)],
      problems: [
        ...placed(definition, this.problemsOf(read)).map(({ field, message }) => ({ field, message })),
        ...(tooLarge === undefined ? [] : [{ field: '', message: tooLarge }]),
      ],
    };
  }

  /** Webhook paths, each of which is one pipeline's of all organizations. */
  async conflicts(
    organizationId: string,
    entities: readonly EnteringEntity[],
    unsettled: ReadonlySet<string>,
  ): Promise<Conflict[]> {
    const wanted = entities.flatMap(({ id, name, content }) => {
      const webhooks = this.triggers.webhooksOf(content as unknown as PipelineContent);
      return webhooks.map((webhook) => ({ pipeline: { id, name }, ...webhook }));
    });
    if (wanted.length === 0) return [];
    const paths = wanted.map(({ path }) => path);
    const holders = await this.triggers.webhookHolders(organizationId, paths);
    return webhookConflicts(wanted, holders, new Set([...unsettled, ...entities.map(({ id }) => id)]));
  }

  mapReferences(content: PortableContent, map: (type: string, text: string) => string): PortableContent {
    const { nodes } = content;
    if (!Array.isArray(nodes)) return content;
    const mapped = (node: JsonValue): JsonValue => {
      if (!isObject(node) || !isObject(node.parameters) || typeof node.type !== 'string') return node;
      const definition = this.nodeTypes.find(node.type)?.definition;
      return definition ? { ...node, parameters: mapReferences(definition, node.parameters, map) } : node;
    };
    return { ...content, nodes: nodes.map(mapped) };
  }

  async create(member: Member, { id, ...entity }: EnteringEntity): Promise<void> {
    await this.editor.create(member, id, draftOf(entity), 'create', 'imported');
  }

  async release({ organizationId }: Member, ids: readonly string[]): Promise<void> {
    await this.editor.releaseWebhooks(organizationId, ids);
  }

  async update(member: Member, { id, version, ...entity }: ChangedEntity): Promise<void> {
    await this.editor.change(member, id, version, 'updated', () => draftOf(entity));
  }

  async delete(member: Member, id: string, version?: number): Promise<void> {
    await this.editor.remove(member, id, version);
  }

  /** Of one that is enabled, everything that would keep it from that, as far as it can be told without its secrets. */
  private problemsOf({ definition, enabled }: Draft): PipelineProblem[] {
    const wrong = this.secrets.wrongIn(definition.nodes);
    if (!enabled || wrong.length > 0) return [...this.checker.faults(definition), ...wrong];
    const incomplete = new Set(this.secrets.missingIn(definition.nodes).map((place) => place.split('/')[2]));
    const problems = this.checker
      .ownProblems(definition)
      .filter(({ nodeId, parameter }) => parameter === undefined || !incomplete.has(nodeId));
    return problems.length > 0 ? this.toldOfFile(definition.nodes, problems) : [];
  }

  /** What has to be an id in the API is a name in files. */
  private toldOfFile(nodes: readonly DefinedNode[], problems: readonly PipelineProblem[]): PipelineProblem[] {
    const keyOf = (nodeId = '', parameter = ''): string => `${nodeId}/${parameter}`;
    const strange = new Map<string, string>();
    for (const { id, type, parameters } of nodes) {
      const definition = this.nodeTypes.find(type)?.definition;
      for (const found of definition ? strangeReferences(definition, parameters) : []) {
        strange.set(keyOf(id, found.parameter), `${found.parameter} ${notAReference(found.type)}`);
      }
    }
    return problems.map((problem) => {
      const message = strange.get(keyOf(problem.nodeId, problem.parameter));
      return message === undefined ? problem : { ...problem, message };
    });
  }

  private entityOf(row: Pipeline): PortableEntity {
    const nodes = this.secrets.opened(row.id, row.nodes);
    const definition = { ...definitionOf(row), nodes: this.secrets.masked(nodes) };
    return {
      id: row.id,
      name: pathOfNames([row.name]),
      version: row.version,
      content: asPortable(contentOf(definition, row.enabled)),
      secrets: this.secrets.in(nodes),
    };
  }
}

/** The content was checked: it is a pipeline. */
function draftOf({ name: path, content }: Omit<EnteringEntity, 'id'>): Draft {
  const { enabled, ...definition } = content as unknown as PipelineContent;
  return { definition: { name: nameOfPath(path), ...definition }, enabled };
}

const asPortable = (content: PipelineContent): PortableContent => ({ ...content }) as unknown as PortableContent;
