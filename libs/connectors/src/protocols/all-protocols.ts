import { ModbusProtocol } from './modbus/modbus.protocol';
import { RestProtocol } from './rest/rest.protocol';

/** The protocols that come with the product. */
export const ALL_PROTOCOLS = [ModbusProtocol, RestProtocol];
