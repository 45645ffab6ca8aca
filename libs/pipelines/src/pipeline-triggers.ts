import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { conflict } from '#kernel';
import { Database, isUniqueViolation } from '#platform/database';
import { In, IsNull, Not } from 'typeorm';
import { NodeTypeRegistry, type JsonObject } from './node-types';
import type { DefinedNode } from './pipeline-definition';
import { PipelineSecrets } from './pipeline-secrets';
import { PipelineTrigger, PipelineTriggerChanges } from './pipeline-trigger.entity';

interface Triggering {
  id: string;
  organizationId: string;
  enabled: boolean;
  nodes: readonly DefinedNode[];
}

/** A pipeline that has a webhook path. */
export interface WebhookHolder {
  id: string;
  /** Null where it is another organization's. */
  name: string | null;
}

const WEBHOOK = 'trigger.webhook';

/**
 * The triggers of all enabled pipelines, kept true with every change of one. Whoever listens for them reads all once,
 * then looks at `revisions` as often as it likes, and reads the triggers of those organizations again whose revision is
 * another one, or which are gone.
 */
@Injectable()
export class PipelineTriggers {
  constructor(
    private readonly database: Database,
    private readonly types: NodeTypeRegistry,
    private readonly secrets: PipelineSecrets,
  ) {}

  /** How often the triggers of each organization have been changed, for those that ever had one. */
  async revisions(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.asSystem((manager) => manager.find(PipelineTriggerChanges));
    return new Map(rows.map(({ organizationId, revision }) => [organizationId, revision]));
  }

  /** The triggers of an organization, oldest first. Secrets in their parameters are in clear. */
  async of(organizationId: string): Promise<PipelineTrigger[]> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.find(PipelineTrigger, { where: { organizationId }, order: { createdAt: 'ASC', nodeId: 'ASC' } }),
    );
    return rows.map(this.opened);
  }

  /** The webhook trigger with that path, of whichever organization. */
  async byWebhookPath(webhookPath: string): Promise<PipelineTrigger | undefined> {
    const row = await this.database.asSystem((manager) => manager.findOneBy(PipelineTrigger, { webhookPath }));
    return row ? this.opened(row) : undefined;
  }

  /** Who has these paths, of whichever organization. Told to one that may know names of its own pipelines alone. */
  async webhookHolders(organizationId: string, webhookPaths: readonly string[]): Promise<Map<string, WebhookHolder>> {
    const rows = await this.database.asSystem((manager) =>
      manager.query<(WebhookHolder & { path: string })[]>(
        `SELECT t.webhook_path AS path, t.pipeline_id AS id, p.name FROM pipeline_triggers t
         LEFT JOIN pipelines p ON p.organization_id = t.organization_id AND p.id = t.pipeline_id AND p.organization_id = $1
         WHERE t.webhook_path = ANY ($2::text[])`,
        [organizationId, webhookPaths],
      ),
    );
    return new Map(rows.map(({ path, id, name }) => [path, { id, name }]));
  }

  /** The webhook paths that a pipeline needs to itself, by the places of their nodes in it. */
  webhooksOf({ enabled, nodes }: Pick<Triggering, 'enabled' | 'nodes'>): { index: number; path: string }[] {
    if (!enabled) return [];
    return nodes.flatMap((node, index) => {
      const path = this.isTrigger(node) ? webhookPathOf(node) : null;
      return path === null ? [] : [{ index, path }];
    });
  }

  /**
   * Changes of an organization's triggers wait for one another. In a transaction that asks who depends on a pipeline before
   * it disables it, this comes first: others change triggers first and the graph last.
   */
  async lock(organizationId: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query('SELECT 1 FROM pipeline_trigger_changes WHERE organization_id = $1 FOR UPDATE', [organizationId]),
    );
  }

  /**
   * Makes the table say what the pipeline says, in the caller's transaction.
   * @throws DomainError `conflict` when another enabled pipeline has one of its webhook paths.
   */
  async keepTrue({ id: pipelineId, organizationId, enabled, nodes }: Triggering): Promise<void> {
    const wanted = enabled ? nodes.filter(this.isTrigger) : [];
    await this.database.inOrganization(organizationId, async (manager) => {
      const rows = await manager.findBy(PipelineTrigger, { organizationId, pipelineId });
      const there = rows.map(this.opened);
      const stale = there.filter((row) => !wanted.some((node) => isSame(row, node)));
      const fresh = wanted.filter((node) => !there.some((row) => isSame(row, node)));
      if (stale.length + fresh.length === 0) return;
      await manager.delete(PipelineTrigger, {
        organizationId,
        pipelineId,
        nodeId: In(stale.map(({ nodeId }) => nodeId)),
      });
      for (const node of fresh) await this.insert(organizationId, pipelineId, node);
      await this.count(organizationId);
    });
  }

  /** Frees the webhook paths of these pipelines, until each of them is kept true again in the caller's transaction. */
  async release(organizationId: string, pipelineIds: readonly string[]): Promise<void> {
    await this.database.inOrganization(organizationId, async (manager) => {
      const { affected } = await manager.delete(PipelineTrigger, {
        ...{ organizationId, pipelineId: In(pipelineIds) },
        webhookPath: Not(IsNull()),
      });
      if (affected) await this.count(organizationId);
    });
  }

  private async count(organizationId: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query(
        `INSERT INTO pipeline_trigger_changes (organization_id, revision) VALUES ($1, 1)
         ON CONFLICT (organization_id) DO UPDATE SET revision = pipeline_trigger_changes.revision + 1`,
        [organizationId],
      ),
    );
  }

  private readonly isTrigger = ({ type, disabled }: DefinedNode): boolean =>
    !disabled && this.types.find(type)?.definition.trigger === true;

  private readonly opened = (row: PipelineTrigger): PipelineTrigger => ({
    ...row,
    parameters: this.secrets.openParameters(row.pipelineId, row.type, row.parameters),
  });

  private async insert(organizationId: string, pipelineId: string, node: DefinedNode): Promise<void> {
    const { id: nodeId, type } = node;
    const webhookPath = webhookPathOf(node);
    const parameters = this.secrets.sealParameters(pipelineId, type, node.parameters);
    const row = { organizationId, pipelineId, nodeId, type, parameters, webhookPath };
    try {
      await this.database.inOrganization(organizationId, (manager) => manager.insert(PipelineTrigger, row as object));
    } catch (error) {
      if (!isUniqueViolation(error, 'pipeline_triggers_webhook_path_key')) throw error;
      throw conflict(`Webhook path ${webhookPath ?? ''} is taken`);
    }
  }
}

const isSame = (row: PipelineTrigger, { id, type, parameters }: DefinedNode): boolean =>
  row.nodeId === id && row.type === type && isDeepStrictEqual(row.parameters, parameters);

const webhookPathOf = ({ type, parameters }: { type: string; parameters: JsonObject }): string | null =>
  type === WEBHOOK && typeof parameters['path'] === 'string' ? parameters['path'] : null;
