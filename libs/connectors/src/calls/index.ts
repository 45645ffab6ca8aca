export { BUCKET_MS, CallMetrics } from './call-metrics';
export { ConnectionSessions } from './connection-sessions';
export { ConnectorError } from './connector-error';
export { quantile } from './durations';
export { FunctionCalls, type FunctionCall, type FunctionResult } from './function-calls';
export { LiveOwners } from './live-owners';
export { LiveSessions } from './live-sessions';
export { RemoteCalls } from './remote-calls';
