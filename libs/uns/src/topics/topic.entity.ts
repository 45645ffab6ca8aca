import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** A topic of the namespace. Parents are topics of their own, found by path. */
@Entity('uns_topics')
@Unique('uns_topics_path_key', ['organizationId', 'path'])
@Index('uns_topics_children', ['organizationId', 'parentPath', 'name'])
@Index('uns_topics_search', { synchronize: false })
export class Topic {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'uns_topics_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  /** `mHv1.0/factory/line-1` */
  @Column({ type: 'text', collation: 'C' })
  path!: string;

  @Column({ type: 'text', name: 'parent_path', collation: 'C', nullable: true })
  parentPath!: string | null;

  /** The last level of the path. */
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { array: true, default: '{}' })
  tags!: string[];

  /** How many topics lie directly below it. */
  @Column('int', { default: 0 })
  children!: number;

  /** What is kept of its values: see topic-policies.ts. */
  @Column('jsonb', { nullable: true })
  config!: object | null;

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
