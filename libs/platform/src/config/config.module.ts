import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Config } from './config';
import type { HubRole } from './settings';

/** What this process runs. */
export class ProcessRoles {
  constructor(readonly names: readonly HubRole[]) {}
}

@Global()
@Module({})
export class ConfigModule {
  static with(config: Config, roles: readonly HubRole[] = []): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: ProcessRoles, useValue: new ProcessRoles(roles) },
      ],
      exports: [Config, ProcessRoles],
    };
  }
}
