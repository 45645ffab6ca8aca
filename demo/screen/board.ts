import { connectAsync, type MqttClient } from 'mqtt';
import type { Api } from '../hub/api.ts';
import { EVENTS_TOPIC, ROOT_TOPIC, SIGNALS } from '../hub/namespace.ts';

const ASK_MS = 1_000;
/** Values of a signal and events that are remembered. */
const MOST_VALUES = 200;
const MOST_EVENTS = 20;
/** Of the engine's figures. */
const WINDOW_MS = 10_000;

export interface Reading {
  value: unknown;
  /** When it came, epoch milliseconds. */
  at: number;
  /** The last numbers and when they came, the newest last. */
  numbers: { at: number; number: number }[];
}

export interface ConnectionStatus {
  name: string;
  status: string;
  reason: string | null;
  nextAttemptAt: string | null;
}

export interface Event {
  at: number;
  text: string;
}

interface Stored {
  value: unknown;
  receivedAt: string;
}

interface Link {
  id: string;
  name: string;
}

/** What the board shows: values as MQTT brings them, the rest as REST tells it once a second. */
export class Board {
  readonly readings = new Map<string, Reading>();
  readonly events: Event[] = [];
  connections: ConnectionStatus[] = [];
  runsPerSecond = 0;
  private readonly api: Api;
  private readonly links: readonly Link[];
  private client: MqttClient | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(api: Api, links: readonly Link[]) {
    this.api = api;
    this.links = links;
  }

  async start(mqttUrl: string): Promise<void> {
    this.client = await connectAsync(mqttUrl, { username: this.api.organizationId, password: this.api.token });
    this.client.on('error', () => undefined);
    this.client.on('message', (topic, payload) => this.take(topic, payload.toString()));
    await this.client.subscribeAsync(`${ROOT_TOPIC}/#`);
    await Promise.all([
      this.ask(),
      ...[EVENTS_TOPIC, ...SIGNALS.map(({ topic }) => topic)].map((topic) => this.recall(topic)),
    ]);
    // A hub that does not answer is shown as it was; when it has ended, the demo ends.
    this.timer = setInterval(() => void this.ask().catch(() => undefined), ASK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.client?.endAsync(true);
  }

  /** What came before there was a board. What is published has been stored: all that was heard meanwhile is in it. */
  private async recall(topic: string): Promise<void> {
    const records = await this.api.get<Stored[]>(`/uns/data/recent?topic=${topic}&limit=${MOST_VALUES}`);
    if (topic === EVENTS_TOPIC) this.events.length = 0;
    this.readings.delete(topic);
    for (const { value, receivedAt } of records.toReversed()) this.show(topic, value, Date.parse(receivedAt));
  }

  private take(topic: string, message: string): void {
    const { value } = JSON.parse(message) as { value: unknown };
    this.show(topic, value, Date.now());
  }

  private show(topic: string, value: unknown, at: number): void {
    if (topic === EVENTS_TOPIC) {
      this.events.unshift({ at, text: String(value) });
      this.events.splice(MOST_EVENTS);
      return;
    }
    const numbers = this.readings.get(topic)?.numbers ?? [];
    if (typeof value === 'number') numbers.push({ at, number: value });
    this.readings.set(topic, { value, at, numbers: numbers.slice(-MOST_VALUES) });
  }

  private async ask(): Promise<void> {
    const since = new Date(Date.now() - WINDOW_MS).toISOString();
    const [stats, ...statuses] = await Promise.all([
      this.api.get<{ runsPerSecond: number }>(`/engine/executions/stats?from=${since}`),
      ...this.links.map(({ id }) => this.api.get<ConnectionStatus>(`/connections/${id}/status`)),
    ]);
    this.runsPerSecond = stats.runsPerSecond;
    this.connections = statuses.map((status, index) => ({ ...status, name: this.links[index]!.name }));
  }
}
