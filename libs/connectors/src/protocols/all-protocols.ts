import type { Type } from '@nestjs/common';
import { AzureBlobProtocol } from './azureblob/azureblob.protocol';
import { InfluxdbProtocol } from './influxdb/influxdb.protocol';
import { KafkaProtocol } from './kafka/kafka.protocol';
import { MqttProtocol } from './mqtt/mqtt.protocol';
import { MssqlProtocol } from './mssql/mssql.protocol';
import { MysqlProtocol } from './mysql/mysql.protocol';
import { NatsProtocol } from './nats/nats.protocol';
import { PostgresProtocol } from './postgres/postgres.protocol';
import type { Protocol } from './protocol';
import { RabbitProtocol } from './rabbitmq/rabbitmq.protocol';
import { RedisProtocol } from './redis/redis.protocol';
import { RestProtocol } from './rest/rest.protocol';
import { S3Protocol } from './s3/s3.protocol';

/** The protocols of the product, by their ids. */
export const ALL_PROTOCOLS: Type<Protocol>[] = [
  AzureBlobProtocol,
  InfluxdbProtocol,
  KafkaProtocol,
  MqttProtocol,
  MssqlProtocol,
  MysqlProtocol,
  NatsProtocol,
  PostgresProtocol,
  RabbitProtocol,
  RedisProtocol,
  RestProtocol,
  S3Protocol,
];
