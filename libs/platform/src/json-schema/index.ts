export * from './json-schema';
export { patternProblem } from './patterns';
