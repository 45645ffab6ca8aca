import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { AuditHttpModule, AuditMaintenanceModule, AuditModule } from '#audit';
import { ConnectorsHttpModule, ConnectorsMaintenanceModule, ConnectorsWorkerModule } from '#connectors';
import { DashboardsHttpModule, DashboardsMaintenanceModule } from '#dashboards';
import {
  DependenciesHttpModule,
  DependenciesMaintenanceModule,
  DependenciesModule,
  ExchangeHttpModule,
  ExchangeMaintenanceModule,
} from '#dependencies';
import {
  ExecutionsHttpModule,
  ExecutionsMaintenanceModule,
  ExecutionsModule,
  ExecutionsWorkerModule,
  TriggersMaintenanceModule,
} from '#executions';
import { IdentityHttpModule, IdentityMaintenanceModule, IdentityModule } from '#identity';
import { ModelsHttpModule, ModelsMaintenanceModule } from '#models';
import { OrganizationsHttpModule, OrganizationsMaintenanceModule, OrganizationsModule } from '#organizations';
import { PagesHttpModule } from '#pages';
import { PipelinesHttpModule, PipelinesMaintenanceModule } from '#pipelines';
import { AuditTrailModule } from '#platform/audit';
import { ConfigModule, type Config, type HubRole } from '#platform/config';
import { CryptoModule } from '#platform/crypto';
import { DatabaseModule } from '#platform/database';
import { DependencyIndexModule } from '#platform/dependencies';
import { HttpMaintenanceModule, HttpModule } from '#platform/http';
import { LifecycleModule } from '#platform/lifecycle';
import { MqttMaintenanceModule, MqttModule } from '#platform/mqtt';
import { MaintenanceModule } from '#platform/queue';
import { SandboxModule } from '#platform/sandbox';
import { SignalsModule } from '#platform/signals';
import { BrokerReportsModule, UnsHttpModule, UnsMaintenanceModule, UnsMqttModule, UnsSettingsModule } from '#uns';
import { databaseSchema } from '../../../ormconfig';
import { outsideModules } from './outside-modules';

type Modules = NonNullable<ModuleMetadata['imports']>;

/** What each part of the platform runs; every process may run any of them. */
const PARTS: Record<HubRole, Modules> = {
  api: [
    IdentityHttpModule,
    OrganizationsHttpModule.with([IdentityModule]),
    ModelsHttpModule,
    ConnectorsHttpModule,
    PipelinesHttpModule,
    ExecutionsHttpModule,
    UnsHttpModule,
    DashboardsHttpModule,
    DependenciesHttpModule,
    ExchangeHttpModule,
    AuditHttpModule,
    PagesHttpModule,
  ],
  worker: [
    MaintenanceModule,
    HttpMaintenanceModule,
    MqttMaintenanceModule,
    IdentityMaintenanceModule,
    OrganizationsMaintenanceModule,
    ModelsMaintenanceModule,
    ConnectorsMaintenanceModule,
    ConnectorsWorkerModule,
    PipelinesMaintenanceModule,
    ExecutionsMaintenanceModule,
    ExecutionsWorkerModule,
    TriggersMaintenanceModule,
    UnsMaintenanceModule,
    DashboardsMaintenanceModule,
    DependenciesMaintenanceModule,
    ExchangeMaintenanceModule,
    AuditMaintenanceModule.with([OrganizationsModule]),
  ],
  // Values that come by MQTT start pipelines.
  uns: [UnsMqttModule, ExecutionsModule],
};

/** The composition of one process. Health and metrics are served by all. */
@Module({})
export class HubModule {
  static with(config: Config, roles: readonly HubRole[]): DynamicModule {
    return {
      module: HubModule,
      imports: [
        ConfigModule.with(config, roles),
        LifecycleModule,
        CryptoModule,
        SandboxModule,
        DatabaseModule.with(databaseSchema),
        SignalsModule,
        AuditTrailModule.with(AuditModule),
        DependencyIndexModule.with(DependenciesModule),
        MqttModule.with([IdentityModule, OrganizationsModule, UnsSettingsModule]),
        BrokerReportsModule,
        HttpModule.with([IdentityModule, OrganizationsModule]),
        ...roles.flatMap((role) => PARTS[role]),
        ...outsideModules(config.modules),
      ],
    };
  }
}
