import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConnectorsModule } from '#connectors';
import { ModelsModule } from '#models';
import { UnsModule } from '#uns';
import { NodeTypeRegistry } from '../node-types';
import { JavaScriptNode } from './code/javascript.node';
import { ConnectorFunctionNode } from './connector/connector-function.node';
import { FLOW_NODES } from './flow';
import { ModelValidateNode } from './model/validate.node';
import { TRANSFORM_NODES } from './transform';
import { TRIGGERS } from './triggers';
import { UNS_NODES } from './uns';

/** The node types that come with the product. Any other module of the application may provide more. */
@Module({
  imports: [DiscoveryModule, ConnectorsModule, ModelsModule, UnsModule],
  providers: [
    NodeTypeRegistry,
    ...TRIGGERS,
    ...FLOW_NODES,
    ...TRANSFORM_NODES,
    JavaScriptNode,
    ModelValidateNode,
    ConnectorFunctionNode,
    ...UNS_NODES,
  ],
  exports: [NodeTypeRegistry],
})
export class NodesModule {}
