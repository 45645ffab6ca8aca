import type { JsonValue } from '#kernel';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A value that a schema has refused: a record that waits for being corrected, resubmitted or discarded. */
@Entity('uns_quarantine')
@Index('uns_quarantine_arrival', ['organizationId', 'receivedAt', 'id'])
@Index('uns_quarantine_topic', ['organizationId', 'topicId', 'receivedAt', 'id'])
@Index('uns_quarantine_once', ['organizationId', 'topicId', 'fingerprint'], {
  unique: true,
  where: 'fingerprint IS NOT NULL',
})
export class QuarantinedValue {
  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  /** That of the record, once it is one. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'uns_quarantine_pkey' })
  id!: string;

  /** Of a topic that may be deleted meanwhile: then nobody sees the value any more. */
  @Column('uuid', { name: 'topic_id' })
  topicId!: string;

  @Column('timestamptz')
  timestamp!: Date;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  /** As in records. */
  @Column('int2')
  quality!: number;

  @Column('text', { nullable: true })
  source!: string | null;

  @Column('json')
  value!: JsonValue;

  /** What it was before somebody corrected it. */
  @Column('json', { nullable: true })
  original!: JsonValue;

  @Column('boolean', { default: false })
  corrected!: boolean;

  @Column('text')
  reason!: string;

  @Column('text')
  message!: string;

  /** Of the schema or binding that refused it last. */
  @Column('int', { name: 'schema_version' })
  schemaVersion!: number;

  /** Of timestamp, source and value, where the publisher gave the timestamp: the same again is kept once. */
  @Column('uuid', { nullable: true })
  fingerprint!: string | null;

  @Column('int', { default: 1 })
  version!: number;
}
