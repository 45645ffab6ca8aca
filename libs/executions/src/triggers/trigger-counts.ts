import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import type { TriggerPlace } from './trigger-starts';

const FLUSH_MS = 2_000;
/** Triggers of one statement. */
const BATCH = 1_000;

interface Count extends TriggerPlace {
  fired: number;
  dropped: number;
  lastFiredAt: Date | null;
}

/**
 * How often triggers have started runs, and how often they could not. Counted in memory and added up in the database
 * every two seconds: a process that dies forgets what it counted since.
 */
@Injectable()
export class TriggerCounts implements OnApplicationBootstrap {
  private readonly logger = new Logger(TriggerCounts.name);
  private counts = new Map<string, Count>();
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => {
      this.flushing ??= this.flush().finally(() => (this.flushing = undefined));
    }, FLUSH_MS);
    this.lifecycle.atShutdown('drain', 'trigger counts', async () => {
      clearInterval(timer);
      await this.flushing;
      await this.flush();
    });
  }

  fired(place: TriggerPlace, times = 1): void {
    const count = this.of(place);
    count.fired += times;
    count.lastFiredAt = new Date();
  }

  /** What it should have started and did not: too much was waiting, the pipeline ran already, the chain was too long. */
  dropped(place: TriggerPlace, times = 1): void {
    this.of(place).dropped += times;
  }

  private of({ organizationId, pipelineId, nodeId }: TriggerPlace): Count {
    const key = `${pipelineId}/${nodeId}`;
    const known = this.counts.get(key);
    if (known) return known;
    const count = { organizationId, pipelineId, nodeId, fired: 0, dropped: 0, lastFiredAt: null };
    this.counts.set(key, count);
    return count;
  }

  private async flush(): Promise<void> {
    const counts = [...this.counts.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    this.counts = new Map();
    for (let at = 0; at < counts.length; at += BATCH) await this.add(counts.slice(at, at + BATCH));
  }

  private async add(counts: readonly Count[]): Promise<void> {
    const organizations = [...new Set(counts.map(({ organizationId }) => organizationId))];
    try {
      await this.database.inOrganizations(organizations, (manager) =>
        manager.query(ADD, [
          counts.map(({ organizationId }) => organizationId),
          counts.map(({ pipelineId }) => pipelineId),
          counts.map(({ nodeId }) => nodeId),
          counts.map(({ fired }) => fired),
          counts.map(({ dropped }) => dropped),
          counts.map(({ lastFiredAt }) => lastFiredAt),
        ]),
      );
    } catch (error) {
      this.logger.debug(String(error));
      for (const { fired, dropped, lastFiredAt, ...place } of counts) this.keep(place, fired, dropped, lastFiredAt);
    }
  }

  private keep(place: TriggerPlace, fired: number, dropped: number, lastFiredAt: Date | null): void {
    const count = this.of(place);
    count.fired += fired;
    count.dropped += dropped;
    count.lastFiredAt ??= lastFiredAt;
  }
}

/** One order everywhere: two processes that count the same triggers wait for each other instead of locking up. */
const placeOf = ({ pipelineId, nodeId }: TriggerPlace): string => `${pipelineId} ${nodeId}`;

const ADD = `
  INSERT INTO trigger_counts AS c (organization_id, pipeline_id, node_id, fired, dropped, last_fired_at)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int8[], $5::int8[], $6::timestamptz[])
  ON CONFLICT (pipeline_id, node_id) DO UPDATE SET fired = c.fired + excluded.fired,
    dropped = c.dropped + excluded.dropped, last_fired_at = greatest(c.last_fired_at, excluded.last_fired_at)`;
