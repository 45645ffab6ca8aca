import type { Type } from '@nestjs/common';
import { ModbusProtocol } from './modbus/modbus.protocol';
import { OpcUaProtocol } from './opc-ua/opcua.protocol';
import type { Protocol } from './protocol';
import { RestProtocol } from './rest/rest.protocol';
import { SiemensS7Protocol } from './siemens-s7/siemens-s7.protocol';

/** The protocols of the product, by their ids. */
export const ALL_PROTOCOLS: Type<Protocol>[] = [ModbusProtocol, OpcUaProtocol, RestProtocol, SiemensS7Protocol];
