export * from './protocol';
export { ProtocolRegistry, type KnownFunctionType, type KnownProtocol } from './protocol-registry';
