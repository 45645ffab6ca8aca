import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import type { ModelField } from './model-field';

/** A typed contract for data. */
@Entity('models')
// Of `lower(name)`, which TypeORM cannot say: unique in an organization whatever their case.
@Index('models_name_key', { synchronize: false })
@Unique('models_organization_key', ['organizationId', 'id'])
export class Model {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'models_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb')
  fields!: ModelField[];

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
