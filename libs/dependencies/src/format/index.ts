export * from './canonical';
export * from './exchange-file';
export * from './reference-text';
