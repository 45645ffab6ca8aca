import { Injectable } from '@nestjs/common';
import { MessageConsumers } from '#connectors';
import type { PipelineTrigger } from '#pipelines';
import { TriggerBook } from '../trigger-book';
import type { TriggerPlace } from '../trigger-starts';

/** A trigger that a function's messages start. */
export interface ConnectionTrigger extends TriggerPlace {
  onChange: boolean;
  dedupMaxKeys: number;
}

interface Parameters {
  connectionId: string;
  functionId: string;
  mode?: 'always' | 'onChange';
  dedupMaxKeys?: number;
}

const DEDUP_MAX_KEYS = 1_000;
const NONE: readonly ConnectionTrigger[] = [];

/** By connection, by function. */
type Functions = Map<string, Map<string, ConnectionTrigger[]>>;

/** Which triggers a function's messages start. */
@Injectable()
export class ConnectionTriggerIndex {
  private readonly byOrganization = new Map<string, Functions>();

  constructor(
    book: TriggerBook,
    private readonly consumers: MessageConsumers,
  ) {
    book.listen((organizationId, triggers) => this.replace(organizationId, triggers));
  }

  match(organizationId: string, connectionId: string, functionId: string): readonly ConnectionTrigger[] {
    return this.byOrganization.get(organizationId)?.get(connectionId)?.get(functionId) ?? NONE;
  }

  /** Functions of the connection with triggers. */
  functionsOf(organizationId: string, connectionId: string): readonly string[] {
    return [...(this.byOrganization.get(organizationId)?.get(connectionId)?.keys() ?? [])];
  }

  private replace(organizationId: string, triggers: readonly PipelineTrigger[]): void {
    const connections: Functions = new Map();
    for (const { type, pipelineId, nodeId, parameters } of triggers) {
      if (type !== 'trigger.connection') continue;
      const wanted = parameters as unknown as Parameters;
      const { connectionId, functionId, mode, dedupMaxKeys = DEDUP_MAX_KEYS } = wanted;
      const functions = connections.get(connectionId) ?? new Map<string, ConnectionTrigger[]>();
      const those = functions.get(functionId) ?? [];
      those.push({ organizationId, pipelineId, nodeId, onChange: mode === 'onChange', dedupMaxKeys });
      connections.set(connectionId, functions.set(functionId, those));
    }
    const had = this.byOrganization.has(organizationId);
    if (connections.size > 0) this.byOrganization.set(organizationId, connections);
    else this.byOrganization.delete(organizationId);
    if (had || connections.size > 0) this.consumers.changed(organizationId);
  }
}
