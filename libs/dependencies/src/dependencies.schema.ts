import type { DatabaseSchema } from '#platform/database';
import { DependencyEntityRow, DependencyGraphRow, DependencyReferenceRow } from './index/dependency.entities';
import { Dependencies1700000010000 } from './migrations/1700000010000-dependencies';

export const dependenciesSchema: DatabaseSchema = {
  entities: [DependencyGraphRow, DependencyEntityRow, DependencyReferenceRow],
  migrations: [Dependencies1700000010000],
};
