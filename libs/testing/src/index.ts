export * from './api-client';
export * from './eventually';
export * from './free-port';
export * from './mqtt-broker';
export * from './outside-server';
export * from './processes';
export * from './test-app';
export * from './test-database';
