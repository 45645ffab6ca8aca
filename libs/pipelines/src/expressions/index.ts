export { VARIABLES, type Expression, type Mentions, type NodeMention, type Variable } from './expression';
export { ExpressionError } from './expression-error';
export { escaped, neededBy, ParameterError, Parameters, type Evaluator, type Scope } from './parameters';
export { renameNode } from './rename-node';
export { readScript } from './script';
export { parseExpression, parseTemplate, type Template } from './template';
