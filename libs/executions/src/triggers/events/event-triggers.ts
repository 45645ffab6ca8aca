import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '#kernel';
import { PipelineDefinitions, type PipelineTrigger } from '#pipelines';
import { MOST_CHAINED } from '../../execution';
import { Backlog } from '../../intake/backlog';
import { RunEndWatchers, type EndedRun, type StartAfter } from '../../run-end-watchers';
import { TriggerBook } from '../trigger-book';
import { TriggerCounts } from '../trigger-counts';
import { TriggerStarts, type TriggerPlace } from '../trigger-starts';

interface EventTrigger extends TriggerPlace {
  watched: readonly string[];
  statuses: readonly string[];
  maxChainDepth: number;
}

interface Parameters {
  pipelineIds: string[];
  statuses?: string[];
  maxChainDepth?: number;
}

/** Starts pipelines when runs of others have ended. */
@Injectable()
export class EventTriggers extends RunEndWatchers {
  private readonly logger = new Logger(EventTriggers.name);
  /** By organization and watched pipeline. */
  private readonly watchers = new Map<string, ReadonlyMap<string, readonly EventTrigger[]>>();

  constructor(
    book: TriggerBook,
    private readonly starts: TriggerStarts,
    private readonly definitions: PipelineDefinitions,
    private readonly backlog: Backlog,
    private readonly counts: TriggerCounts,
  ) {
    super();
    book.listen((organizationId, triggers) => this.replace(organizationId, triggers));
  }

  async startsAfter(runs: readonly EndedRun[]): Promise<readonly StartAfter[]> {
    const starts: StartAfter[] = [];
    for (const run of runs) {
      for (const trigger of this.watchersOf(run)) {
        const start = await this.startAfter(run, trigger);
        if (start) starts.push(start);
      }
    }
    return starts;
  }

  private watchersOf({ organizationId, pipelineId, status }: EndedRun): readonly EventTrigger[] {
    const watching = this.watchers.get(organizationId)?.get(pipelineId) ?? [];
    return watching.filter(({ statuses }) => statuses.includes(status) || statuses.includes('any'));
  }

  private async startAfter(run: EndedRun, trigger: EventTrigger): Promise<StartAfter | undefined> {
    const chainDepth = run.chainDepth + 1;
    if (chainDepth > trigger.maxChainDepth || !(await this.backlog.hasRoom(run.organizationId))) {
      this.counts.dropped(trigger);
      return undefined;
    }
    try {
      const live = (await this.starts.isActive(run.organizationId)) ? await this.starts.live(trigger) : undefined;
      if (!live) return undefined;
      const input = {
        pipelineId: run.pipelineId,
        pipelineName: await this.nameOf(run),
        executionId: run.id,
        status: run.status,
        error: run.error ? { ...run.error } : null,
        chainDepth,
      };
      const started = (happened: boolean): void =>
        happened ? this.counts.fired(trigger) : this.counts.dropped(trigger);
      return { after: run.id, start: live.start(input, { chainDepth }), started };
    } catch (error) {
      if (error instanceof DomainError) throw error;
      // A watcher that cannot be read must not keep the watched run from ending.
      this.logger.warn(`pipeline ${trigger.pipelineId} is not started: ${String(error)}`);
      return undefined;
    }
  }

  /** As it is called now; nothing when it was deleted meanwhile. */
  private async nameOf({ organizationId, pipelineId }: EndedRun): Promise<string | null> {
    try {
      const { version } = await this.definitions.currentOf(organizationId, pipelineId);
      return (await this.definitions.load(organizationId, pipelineId, version)).name;
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  private replace(organizationId: string, triggers: readonly PipelineTrigger[]): void {
    const watchers = new Map<string, EventTrigger[]>();
    for (const trigger of triggers.filter(({ type }) => type === 'trigger.pipeline.event')) {
      const read = readEventTrigger(trigger);
      for (const pipelineId of read.watched) watchers.set(pipelineId, [...(watchers.get(pipelineId) ?? []), read]);
    }
    if (watchers.size > 0) this.watchers.set(organizationId, watchers);
    else this.watchers.delete(organizationId);
  }
}

/** A pipeline never watches itself, whatever its parameters say. */
function readEventTrigger({ organizationId, pipelineId, nodeId, parameters }: PipelineTrigger): EventTrigger {
  const { pipelineIds, statuses = ['any'], maxChainDepth = 1 } = parameters as unknown as Parameters;
  const watched = [...new Set(pipelineIds.map((id) => id.toLowerCase()))].filter((id) => id !== pipelineId);
  return {
    organizationId,
    pipelineId,
    nodeId,
    watched,
    statuses,
    maxChainDepth: Math.min(maxChainDepth, MOST_CHAINED),
  };
}
