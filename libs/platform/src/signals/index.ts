export * from './signals';
export * from './signals.module';
