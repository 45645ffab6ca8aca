import { Check, Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { ModelField } from './model-field';
import { Model } from './model.entity';

export const CHANGE_TYPES = ['created', 'updated', 'reverted'] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** A model as it was. Written with every change, never changed. */
@Entity('model_versions')
@ForeignKey(() => Model, ['organizationId', 'modelId'], ['organizationId', 'id'], {
  name: 'model_versions_model_fkey',
  onDelete: 'CASCADE',
})
@Check('model_versions_change_type_check', `change_type IN ('created', 'updated', 'reverted')`)
export class ModelVersion {
  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @PrimaryColumn('uuid', { name: 'model_id', primaryKeyConstraintName: 'model_versions_pkey' })
  modelId!: string;

  @PrimaryColumn('int', { primaryKeyConstraintName: 'model_versions_pkey' })
  version!: number;

  @Column('text', { name: 'change_type' })
  changeType!: ChangeType;

  /** What was changed, in words. */
  @Column('text')
  summary!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb')
  fields!: ModelField[];

  @Column('uuid', { name: 'created_by' })
  createdBy!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
