import { MysqlProtocol } from './mysql/mysql.protocol';
import { PostgresProtocol } from './postgres/postgres.protocol';
import { RestProtocol } from './rest/rest.protocol';

/** The protocols that come with the product. */
export const ALL_PROTOCOLS = [MysqlProtocol, PostgresProtocol, RestProtocol];
