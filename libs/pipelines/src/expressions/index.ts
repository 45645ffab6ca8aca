export { VARIABLES, type Expression, type NodeMention, type Variable } from './expression';
export { ExpressionError } from './expression-error';
export { ParameterError, Parameters, type Evaluator, type Scope } from './parameters';
export { renameNode } from './rename-node';
export { parseTemplate, type Template } from './template';
