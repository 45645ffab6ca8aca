import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from './node-types';
import { Pipeline } from './pipeline.entity';

/** A trigger node, not disabled, of an enabled pipeline. Written anew when anything of it changes. */
@Entity('pipeline_triggers')
@ForeignKey(() => Pipeline, ['organizationId', 'pipelineId'], ['organizationId', 'id'], {
  name: 'pipeline_triggers_pipeline_fkey',
  onDelete: 'CASCADE',
})
@Index('pipeline_triggers_organization_idx', ['organizationId'])
// Over all organizations: the path alone tells whose webhook is called.
@Index('pipeline_triggers_webhook_path_key', ['webhookPath'], { unique: true })
export class PipelineTrigger {
  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @PrimaryColumn('uuid', { name: 'pipeline_id', primaryKeyConstraintName: 'pipeline_triggers_pkey' })
  pipelineId!: string;

  @PrimaryColumn('text', { name: 'node_id', primaryKeyConstraintName: 'pipeline_triggers_pkey' })
  nodeId!: string;

  /** `trigger.webhook` */
  @Column('text')
  type!: string;

  /** As they stand in the pipeline, without defaults. */
  @Column('jsonb')
  parameters!: JsonObject;

  @Column('text', { name: 'webhook_path', nullable: true })
  webhookPath!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}

/** Counts the changes of an organization's triggers, those that went included. */
@Entity('pipeline_trigger_changes')
export class PipelineTriggerChanges {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'pipeline_trigger_changes_pkey' })
  organizationId!: string;

  @Column('int')
  revision!: number;
}
