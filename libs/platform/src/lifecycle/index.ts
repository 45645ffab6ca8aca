export * from './drain-http';
export * from './lifecycle';
export * from './lifecycle.module';
