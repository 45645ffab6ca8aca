import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MessageConsumers, type BroughtMessage, type MessageConsumer, type MessageWork } from '#connectors';
import type { JsonValue } from '#kernel';
import { Dispatcher } from '../../dispatch/dispatcher';
import { Backlog } from '../../intake/backlog';
import { startKey, type ExecutionStart } from '../../intake/execution-start';
import { ExecutionStore } from '../../intake/execution-store';
import { TriggerCounts } from '../trigger-counts';
import { TriggerStarts, type LiveTrigger } from '../trigger-starts';
import { TriggerStates } from '../trigger-states';
import { ConnectionTriggerIndex, type ConnectionTrigger } from './connection-trigger-index';

/** Hours in which a message that is brought again starts nothing. */
const KNOWN_HOURS = 24;

/** A message that is to start a run. */
interface Candidate {
  trigger: ConnectionTrigger;
  live: LiveTrigger;
  message: BroughtMessage;
}

/**
 * Starts pipelines by messages of connections. A message is acknowledged to the other side when its runs are stored; where too
 * much waits to be run, it stays there.
 */
@Injectable()
export class ConnectionTriggers implements MessageConsumer, OnModuleInit {
  constructor(
    private readonly consumers: MessageConsumers,
    private readonly index: ConnectionTriggerIndex,
    private readonly starts: TriggerStarts,
    private readonly backlog: Backlog,
    private readonly states: TriggerStates,
    private readonly store: ExecutionStore,
    private readonly dispatcher: Dispatcher,
    private readonly counts: TriggerCounts,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  wanted(organizationId: string, connectionId: string): readonly string[] {
    return this.index.functionsOf(organizationId, connectionId);
  }

  hasRoom(organizationId: string): Promise<boolean> {
    return this.backlog.hasRoom(organizationId);
  }

  async prepare(messages: readonly BroughtMessage[]): Promise<MessageWork> {
    const candidates = await this.candidates(messages);
    let started: Candidate[] = [];
    return {
      store: async () => {
        started = [];
        const heard = await this.differing(candidates);
        if (heard.length === 0) return;
        const outcomes = await this.store.insert(heard.map(startOf));
        started = heard.filter((_, index) => outcomes[index]!.kind === 'started');
      },
      committed: () => {
        for (const { trigger } of started) this.counts.fired(trigger);
        this.dispatcher.soon(new Set(started.map(({ trigger }) => trigger.organizationId)));
      },
    };
  }

  private async candidates(messages: readonly BroughtMessage[]): Promise<Candidate[]> {
    const live = new Map<ConnectionTrigger, LiveTrigger | undefined>();
    const candidates: Candidate[] = [];
    for (const message of messages) {
      const { organizationId, connectionId, functionId } = message;
      for (const trigger of this.index.match(organizationId, connectionId, functionId)) {
        if (!live.has(trigger)) live.set(trigger, await this.live(trigger));
        const found = live.get(trigger);
        if (found) candidates.push({ trigger, live: found, message });
      }
    }
    return candidates;
  }

  private async live(trigger: ConnectionTrigger): Promise<LiveTrigger | undefined> {
    return (await this.starts.isActive(trigger.organizationId)) ? this.starts.live(trigger) : undefined;
  }

  /** Those of triggers that want changes alone are compared with what the trigger heard before. */
  private async differing(candidates: readonly Candidate[]): Promise<Candidate[]> {
    const compared = candidates.filter(({ trigger }) => trigger.onChange);
    if (compared.length === 0) return [...candidates];
    const changes = await this.states.changed(
      compared.map(({ trigger, message }) => ({
        place: trigger,
        key: message.key ?? '',
        value: message.payload,
        mostKeys: trigger.dedupMaxKeys,
      })),
    );
    const same = new Set(compared.filter((_, index) => !changes[index]));
    return candidates.filter((candidate) => !same.has(candidate));
  }
}

function startOf({ trigger, live, message }: Candidate): ExecutionStart {
  const { functionId, id } = message;
  if (id === undefined) return live.start(triggerOf(message));
  const text = startKey(`message ${trigger.pipelineId} ${trigger.nodeId} ${functionId}`, id);
  return live.start(triggerOf(message), { key: { text, hours: KNOWN_HOURS } });
}

/** What `$trigger` is. */
function triggerOf({ payload, key, more, connectionId, functionId }: BroughtMessage): JsonValue {
  return { ...more, payload, ...(key !== undefined && { key }), connectionId, functionId };
}
