import type { FieldProblem } from '#kernel';
import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { tlsProblems } from '../support/tls';
import type { PostgresConfig } from './postgres-config';
import { CONNECTION_SCHEMA, FUNCTIONS } from './postgres-schemas';
import { PostgresSession } from './postgres-session';

/** PostgreSQL and what speaks its protocol (TimescaleDB). */
@Protocol()
export class PostgresProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'postgres',
    title: 'PostgreSQL',
    description: 'Reads and writes tables of PostgreSQL and TimescaleDB, and hears what NOTIFY says',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { host: 'db.example.com', database: 'mes', username: 'hub', password: 'a secret' },
    functions: FUNCTIONS,
  };

  check = (config: JsonObject): FieldProblem[] => tlsProblems((config as unknown as PostgresConfig).tls);

  /** The client library is the one of the product's own database: it is loaded anyway. */
  open(config: JsonObject, context: SessionContext): Promise<PostgresSession> {
    return Promise.resolve(new PostgresSession(config as unknown as PostgresConfig, context));
  }
}
