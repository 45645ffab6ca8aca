import { Module } from '@nestjs/common';
import { ConnectorsModule } from './connectors.module';
import { MessageIntake } from './messages';
import { Leases } from './runtime/leases';
import { StateWriter } from './runtime/state-writer';
import { Supervisor } from './runtime/supervisor';

/** The supervisor of connections: for the worker process. */
@Module({
  imports: [ConnectorsModule],
  providers: [Leases, MessageIntake, StateWriter, Supervisor],
})
export class ConnectorsWorkerModule {}
