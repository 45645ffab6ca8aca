import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config';
import { Database } from '#platform/database';
import { BrokerChoice, configuredBroker, type BrokerPlan } from '#platform/mqtt';
import { Signals } from '#platform/signals';
import { SettingsStore } from './settings-store';

/** A change of the broker is told by it. */
export const SIGNAL = 'uns.broker';

/** What is stored of the part `broker`. */
export type StoredBroker = BrokerPlan;

/** With nothing stored, the environment holds. */
export const planOf = (stored: StoredBroker | undefined, config: Config): BrokerPlan =>
  stored ?? { current: { number: 0, broker: configuredBroker(config) }, previous: [] };

/** The broker that the instance's settings name. */
@Injectable()
export class StoredBrokerChoice extends BrokerChoice {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly store: SettingsStore,
    private readonly signals: Signals,
  ) {
    super();
  }

  override async plan(): Promise<BrokerPlan> {
    const { parts } = await this.store.read();
    return planOf(parts['broker'] as StoredBroker | undefined, this.config);
  }

  override watch(changed: () => void): () => void {
    return this.signals.on(SIGNAL, changed);
  }

  override async forget(number: number): Promise<void> {
    await this.database.asSystem(async (manager) => {
      const before = await this.store.lock(manager);
      const stored = before.parts['broker'] as StoredBroker | undefined;
      const previous = stored?.previous.filter((left) => left.number !== number) ?? [];
      if (!stored || previous.length === stored.previous.length) return;
      await this.store.save(manager, before, { ...before.parts, broker: { ...stored, previous } }, false);
    });
  }
}
