import type * as Tedious from 'tedious';
import type { SessionContext } from '../protocol';
import { SqlSession } from '../sql/sql-session';
import { MSSQL, MssqlClient, type MssqlWay } from './mssql-client';
import { hostOf, portOf, type MssqlConfig } from './mssql-config';
import { failureOf } from './mssql-failure';

/** Statements to one server. */
export class MssqlSession extends SqlSession<MssqlClient> {
  constructor(library: typeof Tedious, config: MssqlConfig, context: SessionContext) {
    const where = `${hostOf(config)}:${portOf(config)}`;
    const gone = (client: MssqlClient, error: Error): void => {
      this.pool.forget(client);
      context.lost(this.lossOf(error));
    };
    const way: MssqlWay = { library, config, outbound: context.outbound, lost: gone };
    super({
      where,
      timeoutMs: config.timeoutMs,
      dialect: MSSQL,
      connect: (signal) => MssqlClient.connect(way, signal),
      failureOf: (error) => failureOf(error, where),
    });
  }
}
