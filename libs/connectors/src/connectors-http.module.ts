import { Module } from '@nestjs/common';
import { ConnectionEditor } from './connections/connection-editor';
import { ConnectionsController } from './connections/connections.controller';
import { ConnectionsService } from './connections/connections.service';
import { ConnectorsModule } from './connectors.module';
import { ConnectionPortable } from './exchange/connection-portable';
import { FunctionPortable } from './exchange/function-portable';
import { FunctionEditor } from './functions/function-editor';
import { FunctionsController } from './functions/functions.controller';
import { FunctionsService } from './functions/functions.service';
import { ProtocolsController } from './protocols/protocols.controller';
import { ProtocolsService } from './protocols/protocols.service';
import { RuntimeController } from './runtime/http/runtime.controller';
import { RuntimeService } from './runtime/http/runtime.service';

/** Configuration of connections by HTTP. The order matters: `protocols` and `state-history` are no ids. */
@Module({
  imports: [ConnectorsModule],
  providers: [
    ProtocolsService,
    ConnectionEditor,
    ConnectionsService,
    FunctionEditor,
    FunctionsService,
    RuntimeService,
    ConnectionPortable,
    FunctionPortable,
  ],
  controllers: [ProtocolsController, RuntimeController, ConnectionsController, FunctionsController],
})
export class ConnectorsHttpModule {}
