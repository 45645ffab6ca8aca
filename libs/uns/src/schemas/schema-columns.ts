import { Column, CreateDateColumn, UpdateDateColumn } from 'typeorm';
import type { JsonSchema } from '#platform/json-schema';
import type { SchemaMode, SchemaRules } from './schema-rules';

/** What topics' own schemas and bindings have in common. */
export abstract class SchemaColumns implements SchemaRules {
  @Column('text')
  mode!: SchemaMode;

  @Column('jsonb', { nullable: true })
  schema!: JsonSchema | null;

  @Column('uuid', { name: 'model_id', nullable: true })
  modelId!: string | null;

  @Column('int', { name: 'model_version', nullable: true })
  modelVersion!: number | null;

  @Column('jsonb', { name: 'model_schema', nullable: true })
  modelSchema!: JsonSchema | null;

  @Column('text', { nullable: true })
  unit!: string | null;

  @Column('float8', { nullable: true })
  min!: number | null;

  @Column('float8', { nullable: true })
  max!: number | null;

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
