export * from './fair-sandbox';
export * from './sandbox';
export * from './sandbox-threads';
export * from './sandbox.module';
export * from './script-error';
export type { Moment, SandboxLimits, Script } from './engine';
