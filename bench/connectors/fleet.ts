import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';
import { until } from '../lib/until.ts';
import type { Kind } from './servers.ts';

export interface Summary {
  total: number;
  connected: number;
  stateChanges24h: number;
  byStatus: Record<string, number>;
}

/** Requests at the same time while connections are made. */
const LANES = 8;

/** Connections by REST, as a user makes them. */
export class Fleet {
  private readonly hub: Hub;
  private readonly session: Session;
  private readonly ids: string[] = [];

  constructor(hub: Hub, session: Session) {
    this.hub = hub;
    this.session = session;
  }

  /** Makes connections to those ports, and a function for each kind that steady ones can be called by. */
  async make(wanted: readonly { kind: Kind; port: number }[]): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < wanted.length; index = next++) {
        const { kind, port } = wanted[index]!;
        const config = kind.config(port);
        const made = await this.send('POST', '/connections', { name: `c${index}`, protocol: kind.protocol, config });
        this.ids[index] = made.id as string;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  async addFunction(index: number, kind: Kind): Promise<() => Promise<boolean>> {
    const id = this.ids[index]!;
    const made = await this.send('POST', `/connections/${id}/functions`, { name: 'f', ...kind.call });
    const path = `/connections/${id}/functions/${made.id as string}/execute`;
    return async () => (await this.send('POST', path, { parameters: {} })).success as boolean;
  }

  async summary(): Promise<Summary> {
    return (await this.send('GET', '/connections/state-history/summary')) as unknown as Summary;
  }

  /** Seconds until the connections are so; gives up after `patience` seconds, which the summary then shows. */
  async settle(holds: (summary: Summary) => boolean, patience: number): Promise<number> {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1_000;
    await until(async () => holds(await this.summary()) || seconds() > patience, 100);
    return seconds();
  }

  async stopAll(): Promise<void> {
    for (const id of this.ids) await this.send('POST', `/connections/${id}/stop`);
  }

  private async send(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.hub.url}/api/v1${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${this.session.token}`,
        'X-Organization-ID': this.session.organizationId,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (JSON.parse(text) as { data: Record<string, unknown> }).data;
  }
}
