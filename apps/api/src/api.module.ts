import type { DynamicModule } from '@nestjs/common';
import type { Config } from '#platform/config';
import { HubModule } from '../../shared/src/hub.module';

/** The REST API alone. */
export const ApiModule = { with: (config: Config): DynamicModule => HubModule.with(config, ['api']) };
