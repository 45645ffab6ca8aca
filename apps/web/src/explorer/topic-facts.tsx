import { ApiError } from '../api/api-error';
import type { Topic, TopicStats, UnsRecord } from '../api/types';
import { useHub } from '../app/context';
import { ago, formatNumber } from '../dashboards/format';
import { useLoad, useNow } from '../ui/use-load';

interface TopicSchema {
  mode: 'strict' | 'lenient' | 'off';
  unit?: string | null;
  min?: number | null;
  max?: number | null;
}

const EVERY_MS = 15_000;

/** How much comes in, and what is agreed about it. */
export function TopicFacts({ topic }: { topic: Topic; last: UnsRecord | undefined }) {
  const { client } = useHub();
  const now = useNow(EVERY_MS);
  const { data: stats } = useLoad(
    (signal) => client.get<TopicStats>(`/uns/topics/${topic.id}/stats`, undefined, signal),
    [topic.id, Math.floor(now / EVERY_MS)],
  );
  const { data: schema } = useLoad(
    (signal) => nothingWhere404(client.get<TopicSchema>(`/uns/topics/${topic.id}/schema`, undefined, signal)),
    [topic.id],
  );
  return (
    <section class="box">
      <h2>In numbers</h2>
      <dl class="facts">
        <dt>Last minute</dt>
        <dd>{stats ? formatNumber(stats.counts.minute) : '–'}</dd>
        <dt>Last hour</dt>
        <dd>{stats ? formatNumber(stats.counts.hour) : '–'}</dd>
        <dt>Last day</dt>
        <dd>{stats ? formatNumber(stats.counts.day) : '–'}</dd>
        <dt>Rate</dt>
        <dd>{stats ? `${formatNumber(stats.ratePerSecond)} / s` : '–'}</dd>
        <dt>First seen</dt>
        <dd title={stats?.firstSeen ?? undefined}>{stats?.firstSeen ? ago(stats.firstSeen, now) : '–'}</dd>
        {schema && (
          <>
            <dt>Schema</dt>
            <dd>
              <span class="chip">{schema.mode}</span>
            </dd>
            {schema.unit && (
              <>
                <dt>Unit</dt>
                <dd>{schema.unit}</dd>
              </>
            )}
            {(schema.min ?? schema.max ?? null) !== null && (
              <>
                <dt>Range</dt>
                <dd>
                  {schema.min ?? '…'} to {schema.max ?? '…'}
                </dd>
              </>
            )}
          </>
        )}
      </dl>
    </section>
  );
}

async function nothingWhere404<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
