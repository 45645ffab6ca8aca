export * from './expressions';
export * from './graph';
export * from './node-types';
export * from './pipeline-definition';
