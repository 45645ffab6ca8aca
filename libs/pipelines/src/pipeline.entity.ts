import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import type { PipelineEdge } from './graph';
import type { DefinedNode, PipelineDefinition, PipelineSettings } from './pipeline-definition';

/** A pipeline as it is now. What it was stands in its versions. */
@Entity('pipelines')
// Of `lower(name)`, which TypeORM cannot say: unique in an organization whatever their case.
@Index('pipelines_name_key', { synchronize: false })
@Unique('pipelines_organization_key', ['organizationId', 'id'])
export class Pipeline {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pipelines_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb')
  labels!: Record<string, string>;

  @Column('boolean')
  enabled!: boolean;

  @Column('jsonb')
  settings!: PipelineSettings;

  @Column('jsonb')
  nodes!: DefinedNode[];

  @Column('jsonb')
  edges!: PipelineEdge[];

  /** Also the number of the newest version. */
  @Column('int', { default: 1 })
  version!: number;

  @Column('uuid', { name: 'created_by' })
  createdBy!: string;

  @Column('uuid', { name: 'updated_by' })
  updatedBy!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}

export const definitionOf = ({ name, description, labels, settings, nodes, edges }: Pipeline): PipelineDefinition => ({
  name,
  description,
  labels,
  ...settings,
  nodes,
  edges,
});

/** A definition as the columns of its row. */
export function columnsOf({ name, description, labels, nodes, edges, ...settings }: PipelineDefinition) {
  return { name, description, labels, nodes, edges, settings };
}
