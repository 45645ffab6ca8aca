import type { Type } from '@nestjs/common';
import { AzureBlobProtocol } from './azureblob/azureblob.protocol';
import { FtpProtocol } from './ftp/ftp.protocol';
import { InfluxdbProtocol } from './influxdb/influxdb.protocol';
import { KafkaProtocol } from './kafka/kafka.protocol';
import { ModbusProtocol } from './modbus/modbus.protocol';
import { MqttProtocol } from './mqtt/mqtt.protocol';
import { MssqlProtocol } from './mssql/mssql.protocol';
import { MysqlProtocol } from './mysql/mysql.protocol';
import { NatsProtocol } from './nats/nats.protocol';
import { OpcUaProtocol } from './opc-ua/opcua.protocol';
import { PostgresProtocol } from './postgres/postgres.protocol';
import { RabbitProtocol } from './rabbitmq/rabbitmq.protocol';
import { RedisProtocol } from './redis/redis.protocol';
import { RestProtocol } from './rest/rest.protocol';
import { S3Protocol } from './s3/s3.protocol';
import { SiemensS7Protocol } from './siemens-s7/siemens-s7.protocol';
import { SmtpProtocol } from './smtp/smtp.protocol';
import type { Protocol } from './protocol';

/** The protocols of the product, by their ids. */
export const ALL_PROTOCOLS: Type<Protocol>[] = [
  AzureBlobProtocol,
  FtpProtocol,
  InfluxdbProtocol,
  KafkaProtocol,
  ModbusProtocol,
  MqttProtocol,
  MssqlProtocol,
  MysqlProtocol,
  NatsProtocol,
  OpcUaProtocol,
  PostgresProtocol,
  RabbitProtocol,
  RedisProtocol,
  RestProtocol,
  S3Protocol,
  SiemensS7Protocol,
  SmtpProtocol,
];
