export * from './model-field';
export { modelProblems } from './model-rules';
export { modelSchema } from './model-schema';
export { EACH, sensitivePaths, type PathStep } from './sensitive-paths';
