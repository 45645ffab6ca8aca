import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Model } from './model.entity';

/** That a model, as it is now, names another one in its fields, which may be gone. Read from them with every change. */
@Entity('model_references')
@ForeignKey(() => Model, ['organizationId', 'modelId'], ['organizationId', 'id'], {
  name: 'model_references_model_fkey',
  onDelete: 'CASCADE',
})
@Index('model_references_named_index', ['organizationId', 'namedId'])
export class ModelReference {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'model_references_pkey' })
  organizationId!: string;

  @PrimaryColumn('uuid', { name: 'model_id', primaryKeyConstraintName: 'model_references_pkey' })
  modelId!: string;

  @PrimaryColumn('uuid', { name: 'named_id', primaryKeyConstraintName: 'model_references_pkey' })
  namedId!: string;
}
