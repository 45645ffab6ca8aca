import type { Type } from '@nestjs/common';
import { AzureBlobProtocol } from './azureblob/azureblob.protocol';
import { InfluxdbProtocol } from './influxdb/influxdb.protocol';
import { ModbusProtocol } from './modbus/modbus.protocol';
import { MqttProtocol } from './mqtt/mqtt.protocol';
import { MssqlProtocol } from './mssql/mssql.protocol';
import { MysqlProtocol } from './mysql/mysql.protocol';
import { OpcUaProtocol } from './opc-ua/opcua.protocol';
import { PostgresProtocol } from './postgres/postgres.protocol';
import type { Protocol } from './protocol';
import { RabbitProtocol } from './rabbitmq/rabbitmq.protocol';
import { RestProtocol } from './rest/rest.protocol';
import { S3Protocol } from './s3/s3.protocol';

/** The protocols of the product, by their ids. */
export const ALL_PROTOCOLS: Type<Protocol>[] = [
  AzureBlobProtocol,
  InfluxdbProtocol,
  ModbusProtocol,
  MqttProtocol,
  MssqlProtocol,
  MysqlProtocol,
  OpcUaProtocol,
  PostgresProtocol,
  RabbitProtocol,
  RestProtocol,
  S3Protocol,
];
