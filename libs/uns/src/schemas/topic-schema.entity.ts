import { Check, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Topic } from '../topics/topic.entity';
import { SchemaColumns } from './schema-columns';

/** What one topic's values have to be. It goes with the topic. */
@Entity('uns_topic_schemas')
@ForeignKey(() => Topic, ['organizationId', 'id'], ['organizationId', 'id'], {
  name: 'uns_topic_schemas_topic_fkey',
  onDelete: 'CASCADE',
})
@Check('uns_topic_schemas_mode_check', `mode IN ('strict', 'lenient', 'off')`)
export class TopicSchema extends SchemaColumns {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'uns_topic_schemas_pkey' })
  organizationId!: string;

  /** The topic's. */
  @PrimaryColumn('uuid', { name: 'topic_id', primaryKeyConstraintName: 'uns_topic_schemas_pkey' })
  id!: string;
}
