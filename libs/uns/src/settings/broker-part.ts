import { Injectable } from '@nestjs/common';
import { conflict } from '#kernel';
import { Config } from '#platform/config';
import { addressOf, BrokerMonitor, BrokerProbe, type Broker, type Check, type OutsideBroker } from '#platform/mqtt';
import { signal } from '#platform/signals';
import type { EntityManager } from 'typeorm';
import { BrokerReports } from '../broker/broker-reports';
import { stateOf } from '../broker/overview';
import { acceptedBroker, maskedBroker } from './broker-settings';
import type { BrokerSettings } from './dto/uns-settings.dto';
import { SettingsPart } from './settings-part';
import { planOf, SIGNAL, type StoredBroker } from './stored-broker';

/** Brokers that are listened to at once beside the one in use. */
const MOST_PREVIOUS = 5;

/** Which MQTT broker brings data and takes it to subscribers. */
@Injectable()
export class BrokerPart extends SettingsPart<BrokerSettings, Broker> {
  readonly name = 'broker';

  constructor(
    private readonly config: Config,
    private readonly probe: BrokerProbe,
    private readonly monitor: BrokerMonitor,
    private readonly reports: BrokerReports,
  ) {
    super();
  }

  valueOf(stored: unknown): Promise<Broker> {
    return Promise.resolve(planOf(stored as StoredBroker | undefined, this.config).current.broker);
  }

  view(value: Broker): object {
    return maskedBroker(value);
  }

  accept(given: BrokerSettings, current: Broker): Broker {
    return acceptedBroker(given, current);
  }

  test(value: Broker): Promise<Check[]> {
    return value.kind === 'outside' ? this.probe.tryOutside(value) : this.testEmbedded();
  }

  async apply(value: Broker, stored: unknown, manager: EntityManager): Promise<StoredBroker> {
    const { current, previous } = planOf(stored as StoredBroker | undefined, this.config);
    if (JSON.stringify(current.broker) === JSON.stringify(value)) return { current, previous };
    if (previous.length >= MOST_PREVIOUS) {
      const addresses = previous.map(({ broker }) => addressOf(broker)).join(', ');
      throw conflict(`Too many brokers are still being listened to: ${addresses}. Wait until one of them is quiet`);
    }
    await signal(manager, SIGNAL, ['changed']);
    const { number, broker } = current;
    const left = broker.kind === 'outside' ? [{ number, broker }] : [];
    return { current: { number: number + 1, broker: value }, previous: [...previous, ...left] };
  }

  async state(): Promise<object> {
    const { processes, plan } = await this.reports.now();
    const problems = processes
      .filter(({ broker }) => broker.problem !== null)
      .map(({ host, pid, broker }) => ({ host, pid, problem: broker.problem }));
    return { state: stateOf(processes, plan.current.number), previous: plan.previous.map(toAddress), problems };
  }

  /** It lives in one process, and what another one publishes would reach nobody. */
  private async testEmbedded(): Promise<Check[]> {
    const begun = performance.now();
    const { processes, own } = await this.reports.now();
    const others = processes.filter(({ id }) => id !== own.id);
    const check = (ok: boolean, message: string): Check[] => [
      { name: 'processes', ok, message, durationMs: Math.round(performance.now() - begun) },
    ];
    if (!own.broker.receives) return check(false, 'This process takes no MQTT data in, so it has no embedded broker');
    if (others.length > 0) {
      const names = others.map(({ host, pid, roles }) => `${roles.join('+')} on ${host} (${pid})`).join(', ');
      return check(false, `The embedded broker serves one process alone; there are others: ${names}`);
    }
    const alone = check(true, 'One process does everything');
    if (this.monitor.status().mode === 'embedded') return alone;
    return [...alone, await this.probe.tryEmbedded()];
  }
}

const toAddress = ({ broker }: { broker: OutsideBroker }) => ({ address: addressOf(broker) });
