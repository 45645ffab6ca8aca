import type { Type } from '@nestjs/common';
import { ModbusProtocol } from './modbus/modbus.protocol';
import { MqttProtocol } from './mqtt/mqtt.protocol';
import { OpcUaProtocol } from './opc-ua/opcua.protocol';
import type { Protocol } from './protocol';
import { RabbitProtocol } from './rabbitmq/rabbitmq.protocol';
import { RestProtocol } from './rest/rest.protocol';

/** The protocols of the product, by their ids. */
export const ALL_PROTOCOLS: Type<Protocol>[] = [
  ModbusProtocol,
  MqttProtocol,
  OpcUaProtocol,
  RabbitProtocol,
  RestProtocol,
];
