export { fullTopic } from './full-topic';
export * from './node-type';
export { NodeTypeRegistry } from './node-type-registry';
