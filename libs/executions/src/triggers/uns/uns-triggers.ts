import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '#kernel';
import { RecordObservers, type ObservedRecord, type RecordObserver, type RecordWork } from '#uns';
import { Dispatcher } from '../../dispatch/dispatcher';
import { MOST_CHAINED } from '../../execution';
import { Backlog } from '../../intake/backlog';
import { ExecutionStore } from '../../intake/execution-store';
import { TriggerCounts } from '../trigger-counts';
import { TriggerStarts, type LiveTrigger } from '../trigger-starts';
import { TriggerStates } from '../trigger-states';
import { UnsTriggerIndex, type UnsTrigger } from './uns-trigger-index';

/** A value that is to start a run. */
interface Candidate {
  trigger: UnsTrigger;
  live: LiveTrigger;
  record: ObservedRecord;
  chainDepth: number;
  /** Its organization may queue more. */
  hasRoom: boolean;
}

/** Starts of one transaction: values come ten thousand at once, and each may have many triggers. */
const MOST_STARTS = 50_000;

/**
 * Starts pipelines by values of the namespace, in the transaction that stores the value: there is no run of a value that
 * is not there, and no value that should have started a run and did not. It is the value that counts: where too much
 * waits to be run it is stored all the same, and the start that is left out is counted.
 */
@Injectable()
export class UnsTriggers implements RecordObserver, OnModuleInit {
  private readonly logger = new Logger(UnsTriggers.name);

  constructor(
    private readonly observers: RecordObservers,
    private readonly index: UnsTriggerIndex,
    private readonly starts: TriggerStarts,
    private readonly backlog: Backlog,
    private readonly states: TriggerStates,
    private readonly store: ExecutionStore,
    private readonly dispatcher: Dispatcher,
    private readonly counts: TriggerCounts,
  ) {}

  onModuleInit(): void {
    this.observers.register(this);
  }

  wants(organizationId: string, topic: string): boolean {
    return this.index.match(organizationId, topic).length > 0;
  }

  async prepare(records: readonly ObservedRecord[]): Promise<RecordWork> {
    const candidates = await this.candidates(records);
    const done = new Map<UnsTrigger, { fired: number; dropped: number }>();
    return {
      store: async (fresh) => {
        done.clear();
        const isFresh = new Set(fresh);
        const heard = await this.differing(candidates.filter(({ record }) => isFresh.has(record)));
        await this.start(heard, done);
      },
      committed: () => {
        for (const [trigger, { fired, dropped }] of done) {
          if (fired > 0) this.counts.fired(trigger, fired);
          if (dropped > 0) this.counts.dropped(trigger, dropped);
        }
        this.dispatcher.soon(new Set([...done.keys()].map(({ organizationId }) => organizationId)));
      },
    };
  }

  private async candidates(records: readonly ObservedRecord[]): Promise<Candidate[]> {
    const live = new Map<UnsTrigger, LiveTrigger | undefined>();
    const candidates: Candidate[] = [];
    for (const record of records) {
      const chainDepth = record.chainDepth === undefined ? 0 : record.chainDepth + 1;
      for (const trigger of this.index.match(record.organizationId, record.topic)) {
        if (!live.has(trigger)) live.set(trigger, await this.live(trigger));
        const found = live.get(trigger);
        if (!found) continue;
        if (candidates.length >= MOST_STARTS) {
          this.counts.dropped(trigger);
          continue;
        }
        const hasRoom = await this.backlog.hasRoom(trigger.organizationId);
        candidates.push({ trigger, live: found, record, chainDepth, hasRoom });
      }
    }
    return candidates;
  }

  /** A pipeline that cannot be read must not keep values from being stored. */
  private async live(trigger: UnsTrigger): Promise<LiveTrigger | undefined> {
    try {
      return (await this.starts.isActive(trigger.organizationId)) ? await this.starts.live(trigger) : undefined;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      this.logger.warn(`pipeline ${trigger.pipelineId} is not started: ${String(error)}`);
      return undefined;
    }
  }

  /** Those of triggers that want changes alone are compared with what the trigger heard before. */
  private async differing(candidates: readonly Candidate[]): Promise<Candidate[]> {
    const compared = candidates.filter(({ trigger }) => trigger.onChange);
    if (compared.length === 0) return [...candidates];
    const changes = await this.states.changed(
      compared.map(({ trigger, record }) => ({
        place: trigger,
        key: record.topic,
        value: record.value,
        mostKeys: trigger.dedupMaxKeys,
      })),
    );
    const same = new Set(compared.filter((_, index) => !changes[index]));
    return candidates.filter((candidate) => !same.has(candidate));
  }

  private async start(
    candidates: readonly Candidate[],
    done: Map<UnsTrigger, { fired: number; dropped: number }>,
  ): Promise<void> {
    const count = (trigger: UnsTrigger, what: 'fired' | 'dropped'): void => {
      const counted = done.get(trigger) ?? { fired: 0, dropped: 0 };
      counted[what]++;
      done.set(trigger, counted);
    };
    const startable: Candidate[] = [];
    for (const candidate of candidates) {
      const { trigger, chainDepth, hasRoom } = candidate;
      if (hasRoom && chainDepth <= MOST_CHAINED) startable.push(candidate);
      else count(trigger, 'dropped');
    }
    if (startable.length === 0) return;
    const started = await this.store.insert(
      startable.map(({ live, record, chainDepth }) => live.start(triggerOf(record), { chainDepth })),
    );
    started.forEach(({ kind }, index) => count(startable[index]!.trigger, kind === 'started' ? 'fired' : 'dropped'));
  }
}

/** What `$trigger` is. */
const triggerOf = ({ topic, value, timestamp, source, quality }: ObservedRecord) => ({
  topic,
  payload: value,
  timestamp: new Date(timestamp).toISOString(),
  source,
  quality,
});
