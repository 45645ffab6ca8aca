import type { Type } from '@nestjs/common';
import { MssqlProtocol } from './mssql/mssql.protocol';
import { MysqlProtocol } from './mysql/mysql.protocol';
import { PostgresProtocol } from './postgres/postgres.protocol';
import type { Protocol } from './protocol';
import { RestProtocol } from './rest/rest.protocol';

/** The protocols of the product, by their ids. */
export const ALL_PROTOCOLS: Type<Protocol>[] = [MssqlProtocol, MysqlProtocol, PostgresProtocol, RestProtocol];
