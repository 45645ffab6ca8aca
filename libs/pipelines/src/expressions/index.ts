export type { Expression, Mentions, NodeMention } from './expression';
export { ExpressionError } from './expression-error';
export { literalsIn, type TextLiteral } from './literals';
export { escaped, neededBy, ParameterError, Parameters, type Evaluator } from './parameters';
export { renameNode } from './rename-node';
export { readScript } from './script';
export { parseExpression, parseTemplate, type Template } from './template';
export { VARIABLES, type Scope, type Variable } from './variables';
