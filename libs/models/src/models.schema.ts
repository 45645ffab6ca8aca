import type { DatabaseSchema } from '#platform/database';
import { Models1700000005000 } from './migrations/1700000005000-models';
import { ModelReferences1700000005001 } from './migrations/1700000005001-model-references';
import { ModelsMayBeGone1700000005010 } from './migrations/1700000005010-models-may-be-gone';
import { ModelReference } from './model-reference.entity';
import { ModelVersion } from './model-version.entity';
import { Model } from './model.entity';

export const modelsSchema: DatabaseSchema = {
  entities: [Model, ModelVersion, ModelReference],
  migrations: [Models1700000005000, ModelReferences1700000005001, ModelsMayBeGone1700000005010],
};
