import { auditSchema } from '#audit';
import { connectorsSchema } from '#connectors';
import { dashboardsSchema } from '#dashboards';
import { dependenciesSchema } from '#dependencies';
import { executionsSchema } from '#executions';
import { identitySchema } from '#identity';
import { modelsSchema } from '#models';
import { organizationsSchema } from '#organizations';
import { pipelinesSchema } from '#pipelines';
import { platformSchema, type DatabaseSchema } from '#platform/database';
import { unsSchema } from '#uns';

const areas: DatabaseSchema[] = [
  platformSchema,
  organizationsSchema,
  identitySchema,
  unsSchema,
  dashboardsSchema,
  modelsSchema,
  connectorsSchema,
  pipelinesSchema,
  executionsSchema,
  dependenciesSchema,
  auditSchema,
];

/** Every entity and migration of the product. Areas add theirs here. */
export const databaseSchema: DatabaseSchema = {
  entities: areas.flatMap(({ entities }) => entities),
  migrations: areas.flatMap(({ migrations }) => migrations),
};
