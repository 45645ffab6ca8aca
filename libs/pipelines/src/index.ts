export * from './expressions';
export * from './graph';
