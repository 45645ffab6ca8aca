import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConnectionSessions, FunctionCalls } from './calls';
import { ConnectionSecrets } from './connections/connection-secrets';
import { ConnectionsRepository } from './connections/connections.repository';
import { FunctionsRepository } from './functions/functions.repository';
import { OutboundRules } from './outbound';
import { ProtocolRegistry } from './protocols';
import { ALL_PROTOCOLS } from './protocols/all-protocols';

/** What calls functions of connections, for every process. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ConnectionsRepository,
    FunctionsRepository,
    ConnectionSecrets,
    ConnectionSessions,
    FunctionCalls,
    OutboundRules,
    ProtocolRegistry,
    ...ALL_PROTOCOLS,
  ],
  exports: [
    ConnectionsRepository,
    FunctionsRepository,
    ConnectionSecrets,
    ConnectionSessions,
    FunctionCalls,
    OutboundRules,
    ProtocolRegistry,
  ],
})
export class ConnectorsModule {}
