export * from './expressions';
export * from './graph';
export * from './node-types';
export * from './nodes';
export * from './pipeline-definition';
