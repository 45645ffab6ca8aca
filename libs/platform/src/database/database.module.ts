import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Config } from '../config';
import { Lifecycle } from '../lifecycle';
import { serviceDataSource } from './data-source';
import { Database } from './database';
import type { DatabaseSchema } from './schema';

const APP_POOL = 12;
const SYSTEM_POOL = 4;

@Global()
@Module({})
export class DatabaseModule {
  static with(schema: DatabaseSchema): DynamicModule {
    const provider = {
      provide: Database,
      inject: [Config, Lifecycle],
      useFactory: async (config: Config, lifecycle: Lifecycle) => {
        const app = serviceDataSource(config, schema, 'app', APP_POOL);
        const system = serviceDataSource(config, schema, 'system', SYSTEM_POOL);
        await Promise.all([app.initialize(), system.initialize()]);
        const database = new Database(app, system);
        lifecycle.atShutdown('database', 'database', () => database.close());
        return database;
      },
    };
    return { module: DatabaseModule, providers: [provider], exports: [Database] };
  }
}
