import type { ConnectionOptions, createConnection } from 'mysql2';
import type { OutboundRules } from '../../outbound';
import type { MysqlClient } from './mysql-client';
import { hostOf, portOf, type MysqlConfig } from './mysql-config';

/** Statements that the server keeps prepared for a connection. */
const MOST_PREPARED = 100;

/** What clients are made by. */
export interface MysqlWay {
  create: typeof createConnection;
  config: MysqlConfig;
  outbound: OutboundRules;
  /** Told once when the connection goes by itself. */
  lost(this: void, client: MysqlClient, error: Error): void;
}

export const optionsOf = (config: MysqlConfig): ConnectionOptions => ({
  host: hostOf(config),
  port: portOf(config),
  user: config.username,
  password: config.password ?? '',
  ...(config.database !== undefined && { database: config.database }),
  charset: 'utf8mb4',
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
  jsonStrings: true,
  // Names of columns become no code.
  disableEval: true,
  multipleStatements: false,
  // No server reads files of this machine.
  flags: ['-LOCAL_FILES'],
  maxPreparedStatements: MOST_PREPARED,
});
