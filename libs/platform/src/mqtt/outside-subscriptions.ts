import { Logger } from '@nestjs/common';
import type { MqttClient } from 'mqtt';
import type { MqttTopicMounts } from './ports';

/** The subscriptions of one session: shared with the other ingest processes where the broker can do that. */
export class OutsideSubscriptions {
  private readonly log = new Logger(OutsideSubscriptions.name);
  private present: ReadonlySet<string> = new Set();
  private sharing = false;
  complete = false;

  constructor(
    private readonly mounts: MqttTopicMounts,
    /** The name that the processes of one installation share messages by; undefined to get all of them. */
    private readonly share: string | undefined,
    private readonly whenComplete: () => void,
  ) {}

  /** Again with every connection: the broker may have lost the session. */
  startOver(sharingAvailable: boolean): void {
    this.sharing = this.share !== undefined && sharingAvailable;
    this.present = new Set();
    this.complete = false;
  }

  /** Follows the mounts: an organization may have got a prefix of its own. */
  follow(client: MqttClient): void {
    if (!client.connected) return;
    const wanted = new Set(this.mounts.subscriptions().map((filter) => (this.sharing ? this.shared(filter) : filter)));
    const missing = [...wanted].filter((filter) => !this.present.has(filter));
    const surplus = [...this.present].filter((filter) => !wanted.has(filter));
    this.present = wanted;
    if (surplus.length > 0) client.unsubscribe(surplus);
    if (missing.length === 0) return;
    // QoS 1 also for what is published with 2: mqtt.js would acknowledge a QoS 2 message before its handler runs.
    // Retain handling 1: retained messages with a new subscription only, not with every reconnect.
    client.subscribe(missing, { qos: 1, rh: 1 }, (error, granted) => {
      const failed = granted?.filter(({ qos }) => qos >= 0x80).map(({ topic }) => topic) ?? [];
      if (error) this.log.error(error);
      else if (failed.length > 0) this.log.error(`the broker refuses to subscribe to ${failed.join(', ')}`);
      else this.completed();
    });
  }

  /** Resolves when the broker has answered: of what it sends from then on, nothing was published later. */
  async remove(client: MqttClient): Promise<void> {
    // Whoever had the session before may have had no sharing.
    const filters = this.mounts.subscriptions().flatMap((filter) => [filter, this.shared(filter)]);
    await client.unsubscribeAsync([...new Set([...this.present, ...filters])]);
    this.complete = false;
  }

  private shared(filter: string): string {
    return this.share === undefined ? filter : `$share/${this.share}/${filter}`;
  }

  private completed(): void {
    if (this.complete) return;
    this.complete = true;
    this.whenComplete();
  }
}
