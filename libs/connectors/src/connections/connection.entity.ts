import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import type { JsonObject } from '../protocols';

export type Labels = Record<string, string>;

/** A way to one machine or system, with everything it takes to reach it. */
@Entity('connections')
// Of `lower(name)`, which TypeORM cannot say: unique in an organization whatever their case.
@Index('connections_name_key', { synchronize: false })
@Unique('connections_organization_key', ['organizationId', 'id'])
export class Connection {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'connections_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  /** Id of the protocol; never changes. */
  @Column('text')
  protocol!: string;

  /** With masks in the places of the secrets. */
  @Column('jsonb')
  config!: JsonObject;

  /** The secrets by their places in the config, sealed; null where there are none. */
  @Column('bytea', { name: 'secrets', nullable: true })
  sealedSecrets!: Buffer | null;

  @Column('jsonb', { default: {} })
  labels!: Labels;

  @Column('boolean', { default: true })
  enabled!: boolean;

  /** By hand, until it is started again. */
  @Column('boolean', { default: false })
  stopped!: boolean;

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
