export { NodesModule } from './nodes.module';
export { durationMilliseconds } from './support/duration';
export { addressList } from './triggers/address-rules';
