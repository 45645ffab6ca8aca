import { Injectable } from '@nestjs/common';
import { conflict, encodeTimeCursor, readTime, readTimeCursor, Stretch, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import { signal } from '#platform/signals';
import { BUCKET_MS, quantile } from '../../calls';
import { ConnectionsRepository } from '../../connections/connections.repository';
import { MetricsRepository, type MetricsRow } from '../metrics.repository';
import { RuntimesRepository, type RuntimeRow } from '../runtimes.repository';
import { StateHistoryRepository, type StateChangeRow } from '../state-history.repository';
import type {
  HealthSummaryView,
  MetricsQuery,
  MetricsView,
  RuntimeView,
  StateChangeView,
  StateHistoryQuery,
} from './runtime.dto';

const DAY_MS = 86_400_000;

/** What connections do, and what they are told to do. */
@Injectable()
export class RuntimeService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly runtimes: RuntimesRepository,
    private readonly metricsOf: MetricsRepository,
    private readonly stateHistory: StateHistoryRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError `not_found`; `conflict` for one that is disabled */
  start(member: Member, id: string): Promise<RuntimeView> {
    return this.tell(member, id, 'start');
  }

  /** @throws DomainError `not_found` */
  stop(member: Member, id: string): Promise<RuntimeView> {
    return this.tell(member, id, 'stop');
  }

  /** One that was stopped is started. @throws DomainError `not_found`; `conflict` for one that is disabled */
  restart(member: Member, id: string): Promise<RuntimeView> {
    return this.tell(member, id, 'restart');
  }

  /** @throws DomainError `not_found` */
  async status({ organizationId }: Member, id: string): Promise<RuntimeView> {
    await this.connections.get(organizationId, id);
    return this.view(organizationId, id);
  }

  /** @throws DomainError `not_found` */
  async metrics({ organizationId }: Member, id: string, { minutes }: MetricsQuery): Promise<MetricsView> {
    await this.connections.get(organizationId, id);
    const to = new Date();
    const from = new Date(Math.floor((to.getTime() - minutes * 60_000) / BUCKET_MS) * BUCKET_MS);
    return toMetricsView(await this.metricsOf.of(organizationId, id, from), from, to);
  }

  /** The newest first. */
  async history({ organizationId }: Member, query: StateHistoryQuery): Promise<Stretch<StateChangeView>> {
    const { limit, cursor, connectionId } = query;
    const time = { from: readTime('from', query.from), to: readTime('to', query.to), before: readTimeCursor(cursor) };
    const rows = await this.stateHistory.find(organizationId, { connectionId, ...time }, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > limit && last ? encodeTimeCursor({ at: last.at, id: last.id }) : null;
    return new Stretch(shown.map(toStateChangeView), { nextCursor });
  }

  async summary({ organizationId }: Member): Promise<HealthSummaryView> {
    const counts = await this.runtimes.counts(organizationId);
    const { changes, failures } = await this.stateHistory.count(organizationId, new Date(Date.now() - DAY_MS));
    const sum = (those: typeof counts): number => those.reduce((total, { count }) => total + count, 0);
    const connected = counts.filter(({ state }) => state === 'connected');
    const byStatus: Record<string, number> = {};
    for (const { state, count } of counts) byStatus[state] = (byStatus[state] ?? 0) + count;
    return {
      total: sum(counts),
      connected: sum(connected),
      issues: sum(counts.filter(({ enabled, state }) => enabled && state !== 'connected')),
      failures24h: failures,
      stateChanges24h: changes,
      byStatus,
    };
  }

  private tell({ organizationId }: Member, id: string, verb: 'start' | 'stop' | 'restart'): Promise<RuntimeView> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const connection = await this.connections.get(organizationId, id);
      if (verb !== 'stop' && !connection.enabled) {
        throw conflict(`Connection ${connection.name} is disabled; enable it to ${verb} it`);
      }
      await this.connections.setStopped(organizationId, id, verb === 'stop');
      if (verb === 'restart') await this.runtimes.restart(organizationId, id);
      const entity = { type: 'connection', id, name: connection.name };
      await this.audit.record({ action: `connection.${verb}`, organizationId, entity });
      await signal(manager, 'connection.changed', [id]);
      return this.view(organizationId, id);
    });
  }

  private async view(organizationId: string, id: string): Promise<RuntimeView> {
    const found = await this.runtimes.of(organizationId, [id]);
    return toRuntimeView(found.get(id)!);
  }
}

const toRuntimeView = (row: RuntimeRow): RuntimeView => ({
  connectionId: row.connection_id,
  status: row.state,
  reason: row.reason,
  since: row.since,
  connectedAt: row.connected_at,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  subscriptions: row.subscriptions,
});

const toStateChangeView = (row: StateChangeRow): StateChangeView => ({
  id: row.id,
  at: row.at,
  connectionId: row.connection_id,
  connectionName: row.connection_name,
  from: row.from_state,
  to: row.to_state,
  reason: row.reason,
});

function toMetricsView(rows: readonly MetricsRow[], from: Date, to: Date): MetricsView {
  const sum = (read: (row: MetricsRow) => number): number => rows.reduce((total, row) => total + read(row), 0);
  const durations = rows.reduce<number[]>((all, row) => row.durations.map((count, at) => count + (all[at] ?? 0)), []);
  return {
    from,
    to,
    calls: sum(({ calls }) => calls),
    errors: sum(({ errors }) => errors),
    messages: sum(({ messages }) => messages),
    dropped: sum(({ dropped }) => dropped),
    bytesIn: sum(({ bytes_in: bytes }) => bytes),
    bytesOut: sum(({ bytes_out: bytes }) => bytes),
    p50Ms: quantile(durations, 0.5),
    p99Ms: quantile(durations, 0.99),
    series: rows.map(({ bucket, calls, errors, messages, dropped }) => ({
      from: bucket,
      calls,
      errors,
      messages,
      dropped,
    })),
  };
}
