import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import { Connection } from '../connections/connection.entity';
import type { JsonObject } from '../protocols';
import type { FunctionParameter } from './parameters';

/** Something that a connection can be asked to do, ready to be called by its id. */
@Entity('connection_functions')
// Of `lower(name)`, which TypeORM cannot say: unique in a connection whatever their case.
@Index('connection_functions_name_key', { synchronize: false })
@Unique('connection_functions_organization_key', ['organizationId', 'id'])
@ForeignKey(() => Connection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'connection_functions_connection_fkey',
  onDelete: 'CASCADE',
})
export class ConnectionFunction {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'connection_functions_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId!: string;

  @Column('text')
  name!: string;

  /** `rest.get` */
  @Column('text')
  type!: string;

  /** With places for the parameters. */
  @Column('jsonb')
  config!: JsonObject;

  @Column('jsonb')
  parameters!: FunctionParameter[];

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
