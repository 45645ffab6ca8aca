import type { FieldProblem } from '#kernel';
import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { configProblems, type InfluxdbConfig } from './influxdb-config';
import { CONNECTION_SCHEMA, FUNCTIONS } from './influxdb-schemas';
import { InfluxdbSession } from './influxdb-session';

/** InfluxDB: points in line protocol, queries in InfluxQL. */
@Protocol()
export class InfluxdbProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'influxdb',
    title: 'InfluxDB',
    description: 'Writes points into InfluxDB, and reads them by InfluxQL',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { url: 'http://influx.example.com:8086', database: 'plant', username: 'hub', password: 'a secret' },
    functions: FUNCTIONS,
  };

  check = (config: JsonObject): FieldProblem[] => configProblems(config);

  open(config: JsonObject, { outbound }: SessionContext): Promise<InfluxdbSession> {
    return Promise.resolve(new InfluxdbSession(config as unknown as InfluxdbConfig, outbound));
  }
}
