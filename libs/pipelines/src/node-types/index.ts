export * from './node-type';
export { NodeTypeRegistry } from './node-type-registry';
