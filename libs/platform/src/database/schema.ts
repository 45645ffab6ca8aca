import type { MigrationInterface } from 'typeorm';

/** What an area adds to the database; the composition roots gather these from `ormconfig.ts`. */
export interface DatabaseSchema {
  entities: (new () => object)[];
  migrations: (new () => MigrationInterface)[];
}
