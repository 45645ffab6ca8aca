import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A file that was made, as long as it is kept. */
@Entity('dependency_exports')
@Index('dependency_exports_organization_index', ['organizationId', 'createdAt'])
export class ExportRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dependency_exports_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('int')
  items!: number;

  /** Of the file as it is downloaded. */
  @Column('int')
  bytes!: number;

  /** Slots of what whoever imports it has to fill in. */
  @Column('text', { array: true })
  secrets!: string[];

  /** The file, compressed by gzip. */
  @Column('bytea', { select: false })
  content!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column('uuid', { name: 'created_by' })
  createdBy!: string;
}
