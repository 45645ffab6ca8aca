/** One way of bringing data in, with what is sent. Every field but the first three is an option of the command. */
export interface Scenario {
  name: string;
  title: string;
  way: 'mqtt' | 'rest';
  /** Of MQTT alone. */
  qos: 0 | 1;
  /** Connections, each with a client of its own. */
  clients: number;
  /** Messages of a client that may wait for their acknowledgement; REST sends one request after the other. */
  window: number;
  /** Values in one REST request. */
  batch: number;
  topics: number;
  /** Values of one run. */
  messages: number;
  /** Length of a value: 8 is a bare number, more is an object that holds the number and padding. */
  payload: number;
}

const COMMON = { qos: 1, clients: 10, window: 100, batch: 1, topics: 100, messages: 200_000, payload: 8 } as const;

export const SCENARIOS: readonly Scenario[] = [
  { ...COMMON, name: 'mqtt-qos1', title: 'MQTT QoS 1', way: 'mqtt' },
  // What one ordinary device library does: 20 in flight is the default of mosquitto and Paho.
  {
    ...COMMON,
    name: 'mqtt-qos1-one',
    title: 'MQTT QoS 1, one client',
    way: 'mqtt',
    clients: 1,
    window: 20,
    messages: 50_000,
  },
  { ...COMMON, name: 'mqtt-qos0', title: 'MQTT QoS 0', way: 'mqtt', qos: 0 },
  { ...COMMON, name: 'rest', title: 'REST, one value', way: 'rest', clients: 32, window: 1, messages: 20_000 },
  { ...COMMON, name: 'rest-batch', title: 'REST, batches', way: 'rest', clients: 4, window: 1, batch: 1_000 },
];

export const MOST_TOPICS = 100_000;

/** Numbered with as many digits as all have, so that every packet has the same length. */
export const topicName = (index: number): string => `mHv1.0/bench/line-${String(index).padStart(5, '0')}/value`;

/** The first number sent; numbers have eight digits, so that they can be written over each other. */
export const FIRST_NUMBER = 10_000_000;
export const MOST_NUMBERS = 90_000_000;

/** The JSON of a value that carries `FIRST_NUMBER`, `payload` bytes long. */
export function valueTemplate(payload: number): string {
  const bare = String(FIRST_NUMBER);
  if (payload <= bare.length) return bare;
  const object = JSON.stringify({ n: FIRST_NUMBER, pad: '' });
  return JSON.stringify({ n: FIRST_NUMBER, pad: 'x'.repeat(Math.max(0, payload - object.length)) });
}

/** The number that a stored value carries. */
export function numberIn(value: unknown): number {
  return typeof value === 'object' && value !== null ? Number((value as { n?: unknown }).n) : Number(value);
}

/** Writes a number over the eight digits at a place. */
export function writeNumber(buffer: Buffer, at: number, number: number): void {
  for (let place = at + 7; place >= at; place--) {
    buffer[place] = 48 + (number % 10);
    number = Math.trunc(number / 10);
  }
}
