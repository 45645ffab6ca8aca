import { MqttProtocol } from './mqtt/mqtt.protocol';
import { RabbitProtocol } from './rabbitmq/rabbitmq.protocol';
import { RestProtocol } from './rest/rest.protocol';

/** The protocols that come with the product. */
export const ALL_PROTOCOLS = [MqttProtocol, RabbitProtocol, RestProtocol];
