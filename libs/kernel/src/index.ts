export * from './actor';
export * from './domain-error';
export * from './ids';
export * from './json-value';
export * from './mqtt-filter';
export * from './page';
export * from './scopes';
export * from './topic-path';
