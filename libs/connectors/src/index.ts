export { ConnectorError, FunctionCalls, type FunctionCall, type FunctionResult } from './calls';
export { ConnectorsHttpModule } from './connectors-http.module';
export { ConnectorsMaintenanceModule } from './connectors-maintenance.module';
export { ConnectorsModule } from './connectors.module';
export { connectorsSchema } from './connectors.schema';
export { OutboundRefused, OutboundRules } from './outbound';
export * from './protocols';
export { parsePlaces, type TemplatePart } from './functions/places';
