export { mentionsInCode, VARIABLES, type Expression, type NodeMention, type Variable } from './expression';
export { ExpressionError } from './expression-error';
export { escaped, ParameterError, Parameters, type Evaluator, type Scope } from './parameters';
export { renameNode } from './rename-node';
export { parseExpression, parseTemplate, type Template } from './template';
