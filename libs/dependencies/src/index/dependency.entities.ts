import type { ReferenceKind } from '#platform/dependencies';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An organization whose graph is kept. */
@Entity('dependency_graphs')
export class DependencyGraphRow {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'dependency_graphs_pkey' })
  organizationId!: string;

  /** Counts its changes. */
  @Column('bigint', { default: 1 })
  revision!: string;

  /** The revision after which all changes are listed. */
  @Column('bigint', { name: 'changes_since', default: 1 })
  changesSince!: string;
}

/** What one of the last revisions has changed: an entity that was made, changed or removed. */
@Entity('dependency_changes')
export class DependencyChangeRow {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'dependency_changes_pkey' })
  organizationId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'dependency_changes_pkey' })
  revision!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'dependency_changes_pkey' })
  type!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'dependency_changes_pkey' })
  key!: string;
}

/** An entity that refers to others, or may be referred to. Topics are here only if they refer to anything. */
@Entity('dependency_entities')
export class DependencyEntityRow {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'dependency_entities_pkey' })
  organizationId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'dependency_entities_pkey' })
  type!: string;

  /** The id, or for what is named by its path, that. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'dependency_entities_pkey' })
  key!: string;

  @Column('uuid')
  id!: string;

  @Column('text')
  name!: string;
}

/** What an entity says of another one, whether that exists or not. */
@Entity('dependency_references')
@Index('dependency_references_target_index', ['organizationId', 'targetType', 'targetKey'])
@Check('dependency_references_kind_check', `kind IN ('uses', 'part', 'matches')`)
@ForeignKey(
  () => DependencyEntityRow,
  ['organizationId', 'sourceType', 'sourceKey'],
  ['organizationId', 'type', 'key'],
  { name: 'dependency_references_source_fkey', onDelete: 'CASCADE' },
)
export class DependencyReferenceRow {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'dependency_references_pkey' })
  organizationId!: string;

  @PrimaryColumn({ type: 'text', name: 'source_type', primaryKeyConstraintName: 'dependency_references_pkey' })
  sourceType!: string;

  @PrimaryColumn({
    type: 'text',
    name: 'source_key',
    collation: 'C',
    primaryKeyConstraintName: 'dependency_references_pkey',
  })
  sourceKey!: string;

  @PrimaryColumn({ type: 'text', name: 'target_type', primaryKeyConstraintName: 'dependency_references_pkey' })
  targetType!: string;

  @PrimaryColumn({
    type: 'text',
    name: 'target_key',
    collation: 'C',
    primaryKeyConstraintName: 'dependency_references_pkey',
  })
  targetKey!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'dependency_references_pkey' })
  kind!: ReferenceKind;

  /** Places in the source; at most ten. */
  @Column('text', { array: true })
  via!: string[];
}
