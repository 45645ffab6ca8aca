export * from './crypto.module';
export * from './passwords';
export * from './secret-box';
export * from './tokens';
