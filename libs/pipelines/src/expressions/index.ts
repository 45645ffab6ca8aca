export { readWholeExpression, type Expression, type Mentions, type NodeMention } from './expression';
export { ExpressionError } from './expression-error';
export { neededBy, ParameterError, Parameters, type Evaluator } from './parameters';
export { renameNode } from './rename-node';
export { readScript } from './script';
export { parseTemplate, type Template } from './template';
export { VARIABLES, type Scope, type Variable } from './variables';
