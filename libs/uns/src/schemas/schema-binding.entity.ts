import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { SchemaColumns } from './schema-columns';

/** What the values of all topics of a filter have to be, but for those with a schema of their own. */
@Entity('uns_schema_bindings')
// Of `lower(name)`.
@Index('uns_schema_bindings_name_key', { synchronize: false })
@Check('uns_schema_bindings_mode_check', `mode IN ('strict', 'lenient', 'off')`)
export class SchemaBinding extends SchemaColumns {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'uns_schema_bindings_pkey' })
  organizationId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'uns_schema_bindings_pkey' })
  id!: string;

  @Column('text')
  name!: string;

  @Column({ type: 'text', collation: 'C' })
  filter!: string;
}
