export type { Expression, NodeMention } from './expression';
export { ExpressionError } from './expression-error';
export { ParameterError, Parameters, type Evaluator } from './parameters';
export { renameNode } from './rename-node';
export { parseTemplate, type Template } from './template';
export { VARIABLES, type Scope, type Variable } from './variables';
