import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { startPoll, type Readings } from '../support/poll';
import { dataOf, readTags } from '../support/read-tags';
import { DEFAULT_TIMEOUT } from '../support/schema';
import {
  isBits,
  presetQuantity,
  type ModbusConfig,
  type ReadConfig,
  type TagsConfig,
  type WriteConfig,
} from './modbus-config';
import type { ModbusLink } from './modbus-link';
import { MOST_READ, type Area } from './modbus-areas';
import { spanOf, valueIn } from './modbus-tags';
import { decodeAll, encodeAll } from './modbus-values';

/** Registers that one request can write, by the standard. */
const MOST_WRITTEN = 123;

const READING: Readonly<Record<string, Area>> = {
  'modbus.readCoils': 'coil',
  'modbus.readDiscreteInputs': 'discreteInput',
  'modbus.readHoldingRegisters': 'holdingRegister',
  'modbus.readInputRegisters': 'inputRegister',
};

/** Reads, polls and writes through one link. */
export class ModbusSession implements Session {
  constructor(
    private readonly config: ModbusConfig,
    private readonly link: ModbusLink,
  ) {}

  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const { host, port = 502 } = this.config;
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return withinDeadline({ timeoutMs, signal: options.signal, where: `${host}:${port}` }, (signal) => {
      const area = READING[functionType];
      if (area) return this.readOne(area, config as unknown as ReadConfig, signal);
      if (functionType === 'modbus.read') return this.readTags(config as unknown as TagsConfig, signal).then(dataOf);
      return this.write(functionType, config as unknown as WriteConfig, signal);
    });
  }

  check(signal: AbortSignal): Promise<void> {
    return this.link.check(signal);
  }

  subscribe(_functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const wanted = config as unknown as TagsConfig;
    return startPoll(wanted, subscriber, (signal) => this.readTags(wanted, signal));
  }

  close(): Promise<void> {
    this.link.close();
    return Promise.resolve();
  }

  private async readOne(area: Area, config: ReadConfig, signal: AbortSignal): Promise<JsonValue> {
    const { address, quantity = presetQuantity(area, config), dataType = 'uint16' } = config;
    const answer = await this.link.read({ unitId: this.unitOf(config), area, address, quantity }, signal);
    const values = Array.isArray(answer) ? answer : decodeAll(answer, { ...config, dataType });
    return { address, quantity, ...(!isBits(area) && { dataType }), values };
  }

  private readTags({ tags, unitId, maxGap = 8 }: TagsConfig, signal: AbortSignal): Promise<Readings> {
    const spans = tags.map((tag) => spanOf(tag, unitId ?? this.unitOf({})));
    return readTags(spans, {
      maxGap,
      most: ({ area }) => MOST_READ[area],
      read: ({ spans: [first], address, quantity }) => this.link.read({ ...first, address, quantity }, signal),
      valueIn,
    });
  }

  private async write(functionType: string, config: WriteConfig, signal: AbortSignal): Promise<JsonValue> {
    const unitId = this.unitOf(config);
    const { address, value, values } = config;
    const format = { ...config, dataType: config.dataType ?? 'uint16' } as const;
    switch (functionType) {
      case 'modbus.writeCoil':
        await this.link.request(unitId, signal, (client) => client.writeCoil(address, value as boolean));
        return { address, quantity: 1 };
      case 'modbus.writeMultipleCoils':
        await this.link.request(unitId, signal, (client) => client.writeCoils(address, values as boolean[]));
        return { address, quantity: values.length };
      case 'modbus.writeRegister': {
        const [word] = wordsIn(encodeAll([value], format));
        await this.link.request(unitId, signal, (client) => client.writeRegister(address, word!));
        return { address, quantity: 1 };
      }
      default: {
        const words = wordsIn(encodeAll(values, format));
        requireWritable(address, words.length);
        await this.link.request(unitId, signal, (client) => client.writeRegisters(address, words));
        return { address, quantity: words.length };
      }
    }
  }

  private unitOf({ unitId }: { unitId?: number }): number {
    return unitId ?? this.config.unitId ?? 1;
  }
}

const wordsIn = (registers: Buffer): number[] => decodeAll(registers, { dataType: 'raw' }) as number[];

function requireWritable(address: number, quantity: number): void {
  if (quantity < 1 || quantity > MOST_WRITTEN) {
    throw new ConnectorError(`The values take ${quantity} registers; 1 to ${MOST_WRITTEN} can be written at once`);
  }
  if (address + quantity > 65_536) throw new ConnectorError('The values go beyond register 65535');
}
