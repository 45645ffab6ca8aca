import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Lifecycle } from '#platform/lifecycle';
import { PipelineTriggers, type PipelineTrigger } from '#pipelines';

/** A change of any pipeline is known in every process after so long, plus the time of a query. */
const EVERY_MS = 250;
/** Organizations that are read at the same time. */
const READS = 4;

/** Told all triggers that an organization has now; they take the place of those it had. Must not throw. */
export type TriggerListener = (organizationId: string, triggers: readonly PipelineTrigger[]) => void;

/**
 * Knows when the triggers of an organization have changed, and hands them to those who run them. It keeps nothing but a
 * number for each organization; what a runtime needs of a trigger it keeps itself, without secrets and data.
 */
@Injectable()
export class TriggerBook implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(TriggerBook.name);
  private readonly listeners: TriggerListener[] = [];
  private readonly known = new Map<string, number>();
  private refreshing: Promise<void> | undefined;
  private troubled = false;

  constructor(
    private readonly triggers: PipelineTriggers,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** To be called in constructors: everything is told before the application starts, and changes from then on. */
  listen(listener: TriggerListener): void {
    this.listeners.push(listener);
  }

  /** Messages of a broker may come before `onApplicationBootstrap`. */
  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.lookOnce(), EVERY_MS);
    this.lifecycle.atShutdown('intake', 'trigger book', async () => {
      clearInterval(timer);
      await this.refreshing;
    });
  }

  /** Looks for changes of until now; those who ask at the same time share the look. Never fails. */
  async look(): Promise<void> {
    // One that is under way may have begun before the change.
    await this.refreshing;
    await this.lookOnce();
  }

  /** Whoever comes while it is under way shares it. */
  private lookOnce(): Promise<void> {
    return (this.refreshing ??= this.refreshOrWarn().finally(() => (this.refreshing = undefined)));
  }

  /** What is known stays known while the database is away. */
  private async refreshOrWarn(): Promise<void> {
    try {
      await this.refresh();
      this.troubled = false;
    } catch (error) {
      if (!this.troubled) this.logger.warn(`triggers could not be read: ${String(error)}`);
      this.troubled = true;
    }
  }

  private async refresh(): Promise<void> {
    const revisions = await this.triggers.revisions();
    for (const organizationId of this.known.keys()) {
      if (revisions.has(organizationId)) continue;
      this.known.delete(organizationId);
      this.tell(organizationId, []);
    }
    const changed = [...revisions].filter(([organizationId, revision]) => this.known.get(organizationId) !== revision);
    const lanes = Array.from({ length: READS }, (_, lane) => changed.filter((_, index) => index % READS === lane));
    await Promise.all(lanes.map((lane) => this.readAll(lane)));
  }

  private async readAll(changed: readonly [organizationId: string, revision: number][]): Promise<void> {
    for (const [organizationId, revision] of changed) {
      // Read after the revision: at worst they are newer, and read once more.
      this.tell(organizationId, await this.triggers.of(organizationId));
      this.known.set(organizationId, revision);
    }
  }

  private tell(organizationId: string, triggers: readonly PipelineTrigger[]): void {
    for (const listener of this.listeners) listener(organizationId, triggers);
  }
}
