import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { OrganizationsModule } from '#organizations';
import { CallMetrics, ConnectionSessions, FunctionCalls, LiveOwners, LiveSessions, RemoteCalls } from './calls';
import { ConnectionSecrets } from './connections/connection-secrets';
import { ConnectionsRepository } from './connections/connections.repository';
import { ConnectionContributor } from './exchange/connection-contributor';
import { ConnectionWeigher } from './exchange/connection-weigher';
import { FunctionsRepository } from './functions/functions.repository';
import { MessageConsumers } from './messages';
import { OutboundPolicy } from './outbound';
import { ProtocolRegistry } from './protocols';
import { ALL_PROTOCOLS } from './protocols/all-protocols';
import { MetricsRepository } from './runtime/metrics.repository';
import { RuntimesRepository } from './runtime/runtimes.repository';
import { StateHistoryRepository } from './runtime/state-history.repository';

const SHARED = [
  CallMetrics,
  ConnectionsRepository,
  FunctionsRepository,
  ConnectionSecrets,
  ConnectionSessions,
  FunctionCalls,
  LiveSessions,
  MessageConsumers,
  MetricsRepository,
  OutboundPolicy,
  ProtocolRegistry,
  RemoteCalls,
  RuntimesRepository,
  StateHistoryRepository,
];

/** What calls functions of connections, for every process. */
@Module({
  imports: [DiscoveryModule, OrganizationsModule],
  providers: [...SHARED, LiveOwners, ConnectionContributor, ConnectionWeigher, ...ALL_PROTOCOLS],
  exports: SHARED,
})
export class ConnectorsModule {}
