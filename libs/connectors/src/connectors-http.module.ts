import { Module } from '@nestjs/common';
import { ConnectionsController } from './connections/connections.controller';
import { ConnectionsService } from './connections/connections.service';
import { ConnectorsModule } from './connectors.module';
import { FunctionsController } from './functions/functions.controller';
import { FunctionsService } from './functions/functions.service';
import { ProtocolsController } from './protocols/protocols.controller';
import { ProtocolsService } from './protocols/protocols.service';

/** Configuration of connections by HTTP. The order matters: `protocols` is no id. */
@Module({
  imports: [ConnectorsModule],
  providers: [ProtocolsService, ConnectionsService, FunctionsService],
  controllers: [ProtocolsController, ConnectionsController, FunctionsController],
})
export class ConnectorsHttpModule {}
