import { Check, Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { PipelineDefinition } from './pipeline-definition';
import { Pipeline } from './pipeline.entity';

export const CHANGE_TYPES = ['created', 'updated', 'enabled', 'disabled', 'reverted'] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** A pipeline as it was. Written with every change, never changed. */
@Entity('pipeline_versions')
@ForeignKey(() => Pipeline, ['organizationId', 'pipelineId'], ['organizationId', 'id'], {
  name: 'pipeline_versions_pipeline_fkey',
  onDelete: 'CASCADE',
})
@Check(
  'pipeline_versions_change_type_check',
  `change_type IN ('created', 'updated', 'enabled', 'disabled', 'reverted')`,
)
export class PipelineVersion {
  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @PrimaryColumn('uuid', { name: 'pipeline_id', primaryKeyConstraintName: 'pipeline_versions_pkey' })
  pipelineId!: string;

  @PrimaryColumn('int', { primaryKeyConstraintName: 'pipeline_versions_pkey' })
  version!: number;

  @Column('text', { name: 'change_type' })
  changeType!: ChangeType;

  /** What was changed, in words. */
  @Column('text')
  summary!: string;

  @Column('jsonb')
  definition!: PipelineDefinition;

  @Column('uuid', { name: 'created_by' })
  createdBy!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
