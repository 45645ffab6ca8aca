import { Module } from '@nestjs/common';
import { ConnectionsController } from './connections/connections.controller';
import { ConnectionsService } from './connections/connections.service';
import { ConnectorsModule } from './connectors.module';
import { FunctionsController } from './functions/functions.controller';
import { FunctionsService } from './functions/functions.service';
import { ProtocolsController } from './protocols/protocols.controller';
import { ProtocolsService } from './protocols/protocols.service';
import { RuntimeController } from './runtime/http/runtime.controller';
import { RuntimeService } from './runtime/http/runtime.service';

/** Configuration of connections by HTTP. The order matters: `protocols` and `state-history` are no ids. */
@Module({
  imports: [ConnectorsModule],
  providers: [ProtocolsService, ConnectionsService, FunctionsService, RuntimeService],
  controllers: [ProtocolsController, RuntimeController, ConnectionsController, FunctionsController],
})
export class ConnectorsHttpModule {}
