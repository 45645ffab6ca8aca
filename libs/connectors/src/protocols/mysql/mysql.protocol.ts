import type { FieldProblem } from '#kernel';
import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { sqlFunctions } from '../sql/sql-functions';
import { configProblems, CONNECTION_SCHEMA, type MysqlConfig } from './mysql-config';
import { MysqlSession } from './mysql-session';

/** MySQL, MariaDB and what speaks their protocol (Aurora). */
@Protocol()
export class MysqlProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'mysql',
    title: 'MySQL',
    description: 'Reads and writes tables of MySQL, MariaDB and Aurora',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { host: 'db.example.com', database: 'mes', username: 'hub', password: 'a secret' },
    functions: sqlFunctions('mysql', { reads: 'The session is read-only meanwhile' }),
  };

  check = (config: JsonObject): FieldProblem[] => configProblems(config);

  async open(config: JsonObject, context: SessionContext): Promise<MysqlSession> {
    const { createConnection } = await import('mysql2');
    return new MysqlSession(createConnection, config as unknown as MysqlConfig, context);
  }
}
