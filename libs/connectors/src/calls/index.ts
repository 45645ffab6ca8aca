export { ConnectionSessions } from './connection-sessions';
export { ConnectorError } from './connector-error';
export { FunctionCalls, type FunctionCall, type FunctionResult } from './function-calls';
