import { Injectable, Logger } from '@nestjs/common';
import { OrganizationSettings } from '#organizations';
import { Pipeline } from '#pipelines';
import { Config } from '#platform/config';
import { asOwner, Database } from '#platform/database';
import { dropDays } from './drop-days';
import { removeExecutions, type Reached, type Removal } from './remove-executions';

const DAY_MS = 86_400_000;
/** One turn; what is left waits for the next. */
const TURN_MS = 10 * 60_000;

/** Removes history that is older than its organization, or its pipeline, wants it kept. */
@Injectable()
export class HistoryRetention {
  private readonly logger = new Logger(HistoryRetention.name);

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly settings: OrganizationSettings,
  ) {}

  /** By the longest time in force whole days, which costs next to nothing; what is kept for less, run by run. */
  async run(now = Date.now()): Promise<void> {
    const organizations = await this.settings.ofAll();
    const pipelines = await this.pipelines();
    const days = [...organizations.values()].map(({ retention }) => retention.executionsDays);
    const longest = Math.max(...days, ...pipelines.map((pipeline) => pipeline.days));
    if (!Number.isFinite(longest)) return;
    const dropped = await asOwner(this.config, (owner) =>
      dropDays(owner, this.database, new Date(now - longest * DAY_MS)),
    );
    if (dropped.length > 0) this.logger.log(`dropped ${dropped.join(', ')}`);

    const deadline = Date.now() + TURN_MS;
    const before = (kept: number): Date => new Date(now - kept * DAY_MS);
    for (const { organizationId, id: pipelineId, days: kept } of pipelines) {
      if (kept < longest) await this.remove({ organizationId, pipelineId, before: before(kept) }, deadline);
    }
    for (const [organizationId, { retention }] of organizations) {
      const exceptPipelines = pipelines.filter((one) => one.organizationId === organizationId).map(({ id }) => id);
      const removal = { organizationId, exceptPipelines, before: before(retention.executionsDays) };
      if (retention.executionsDays < longest) await this.remove(removal, deadline);
    }
  }

  private async remove(removal: Removal, deadline: number): Promise<void> {
    let reached: Reached | undefined;
    do {
      const after = reached;
      ({ reached } = await this.database.asSystem((manager) => removeExecutions(manager, removal, after)));
    } while (reached && Date.now() < deadline);
  }

  /** Those that say how long they want their runs kept. */
  private async pipelines(): Promise<{ id: string; organizationId: string; days: number }[]> {
    const found = await this.database.asSystem((manager) =>
      manager
        .createQueryBuilder(Pipeline, 'pipeline')
        .select(['pipeline.id', 'pipeline.organizationId', 'pipeline.settings'])
        .where(`pipeline.settings ->> 'retentionDays' IS NOT NULL`)
        .getMany(),
    );
    return found.map(({ id, organizationId, settings }) => ({ id, organizationId, days: settings.retentionDays! }));
  }
}
