export { EmbeddedBroker } from './embedded-broker';
export { FilterTrie } from './filter-trie';
export { type MqttMessageHandler } from './ingest';
export { MqttData } from './mqtt-data';
export * from './mqtt.module';
export { OutsideTiming } from './outside-timing';
export * from './ports';
export { SettledRefusal } from './settled-refusal';
