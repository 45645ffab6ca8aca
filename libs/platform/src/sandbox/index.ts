export * from './sandbox';
export * from './sandbox-threads';
export * from './script-error';
export type { SandboxLimits } from './engine';
