import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PortableContent } from '#platform/dependencies';

/** A content that has left or entered an organization: what later changes, here and elsewhere, are compared with. */
@Entity('dependency_contents')
@Index('dependency_contents_last_index', ['organizationId', 'type', 'name', 'exchangedAt'])
export class ExchangedContent {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'dependency_contents_pkey' })
  organizationId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'dependency_contents_pkey' })
  hash!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'dependency_contents_pkey' })
  type!: string;

  @PrimaryColumn('text', { collation: 'C', primaryKeyConstraintName: 'dependency_contents_pkey' })
  name!: string;

  @Column('jsonb')
  content!: PortableContent;

  /** Hash of what was exchanged before it, where there was anything. */
  @Column('text', { nullable: true })
  base!: string | null;

  /** The last time that it left or entered. */
  @Column('timestamptz', { name: 'exchanged_at' })
  exchangedAt!: Date;

  /** The last time that it came from elsewhere, if it ever did. */
  @Column('timestamptz', { name: 'entered_at', nullable: true })
  enteredAt!: Date | null;
}
