import type { FieldProblem } from '#kernel';
import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { sqlFunctions } from '../sql/sql-functions';
import { configProblems, CONNECTION_SCHEMA, type MssqlConfig } from './mssql-config';
import { MssqlSession } from './mssql-session';

/** Microsoft SQL Server and Azure SQL. */
@Protocol()
export class MssqlProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'mssql',
    title: 'SQL Server',
    description: 'Reads and writes tables of Microsoft SQL Server and Azure SQL',
    version: 1,
    verified: false,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { host: 'db.example.com', database: 'mes', username: 'hub', password: 'a secret' },
    functions: sqlFunctions('mssql', {
      reads: 'The server knows no read-only statements: a login that may only read keeps it from writing',
    }),
  };

  check = (config: JsonObject): FieldProblem[] => configProblems(config);

  async open(config: JsonObject, context: SessionContext): Promise<MssqlSession> {
    const library = await import('tedious');
    return new MssqlSession(library, config as unknown as MssqlConfig, context);
  }
}
