import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export const IMPORT_STATUSES = ['planned', 'applied', 'undone'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

export const IMPORT_ACTIONS = ['create', 'update', 'unchanged', 'conflict', 'keep'] as const;
export type ImportAction = (typeof IMPORT_ACTIONS)[number];

export type ImportCounts = Record<ImportAction, number>;

export interface ImportedItem {
  type: string;
  name: string;
  action: ImportAction;
  id: string;
}

/** How far a piece of work is, in entities. */
export interface ToldProgress {
  done: number;
  total: number;
  /** When that was, in milliseconds since 1970. */
  at: number;
}

/** A file that came in: first a plan, then what was done by it. */
@Entity('dependency_imports')
@Index('dependency_imports_organization_index', ['organizationId', 'createdAt', 'id'])
@Check('dependency_imports_status_check', `status IN ('planned', 'applied', 'undone')`)
export class ImportRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dependency_imports_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  status!: ImportStatus;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb')
  counts!: ImportCounts;

  @Column('jsonb', { select: false })
  items!: ImportedItem[];

  /** Compressed JSON; while it is a plan. */
  @Column('bytea', { nullable: true, select: false })
  plan!: Buffer | null;

  /** What it has made and replaced, sealed; as long as it can be undone. */
  @Column('bytea', { nullable: true, select: false })
  undo!: Buffer | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column('uuid', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'applied_at', nullable: true })
  appliedAt!: Date | null;

  @Column('uuid', { name: 'applied_by', nullable: true })
  appliedBy!: string | null;

  @Column('timestamptz', { name: 'undone_at', nullable: true })
  undoneAt!: Date | null;

  @Column('uuid', { name: 'undone_by', nullable: true })
  undoneBy!: string | null;

  /** How far its execution or undoing was, as told last: see `ImportsRepository.report`. */
  @Column('jsonb', { nullable: true })
  progress!: ToldProgress | null;
}
