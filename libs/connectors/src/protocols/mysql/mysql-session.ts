import type { createConnection } from 'mysql2';
import type { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { SqlSession } from '../sql/sql-session';
import { MYSQL, MysqlClient, type MysqlWay } from './mysql-client';
import { hostOf, portOf, type MysqlConfig } from './mysql-config';
import { failureOf } from './mysql-failure';

/** Statements to one server. */
export class MysqlSession extends SqlSession<MysqlClient> {
  constructor(create: typeof createConnection, config: MysqlConfig, context: SessionContext) {
    const where = `${hostOf(config)}:${portOf(config)}`;
    const gone = (client: MysqlClient, error: Error): void => {
      this.pool.forget(client);
      context.lost(this.failureOf(error) as ConnectorError);
    };
    const way: MysqlWay = { create, config, outbound: context.outbound, lost: gone };
    super({
      where,
      timeoutMs: config.timeoutMs,
      dialect: MYSQL,
      connect: (signal) => MysqlClient.connect(way, signal),
      failureOf: (error) => failureOf(error, where),
    });
  }
}
