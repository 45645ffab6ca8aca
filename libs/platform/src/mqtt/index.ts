export { EmbeddedBroker } from './embedded-broker';
export { type MqttMessageHandler } from './ingest';
export { MqttData } from './mqtt-data';
export * from './mqtt.module';
export * from './ports';
