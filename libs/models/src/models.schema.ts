import type { DatabaseSchema } from '#platform/database';
import { Models1700000005000 } from './migrations/1700000005000-models';
import { ModelVersion } from './model-version.entity';
import { Model } from './model.entity';

export const modelsSchema: DatabaseSchema = { entities: [Model, ModelVersion], migrations: [Models1700000005000] };
