import type { createConnection } from 'mysql2';
import type { SessionContext } from '../protocol';
import { SqlSession } from '../sql/sql-session';
import { MYSQL, MysqlClient } from './mysql-client';
import { hostOf, portOf, type MysqlConfig } from './mysql-config';
import { failureOf } from './mysql-failure';
import type { MysqlWay } from './mysql-way';

/** Statements to one server. */
export class MysqlSession extends SqlSession<MysqlClient> {
  constructor(create: typeof createConnection, config: MysqlConfig, context: SessionContext) {
    const where = `${hostOf(config)}:${portOf(config)}`;
    const gone = (client: MysqlClient, error: Error): void => {
      this.pool.forget(client);
      context.lost(this.lossOf(error));
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
