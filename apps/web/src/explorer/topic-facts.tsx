import type { Topic, TopicStats } from '../api/types';
import { useHub } from '../app/context';
import { ago, formatNumber } from '../dashboards/format';
import { useLoad, useNow } from '../ui/use-load';

/** The schema in force: the topic's own, or that of a binding. */
interface TopicSchema {
  source: 'topic' | 'binding' | 'none';
  bindingName: string | null;
  mode: 'strict' | 'lenient' | 'off';
  unit: string | null;
  min: number | null;
  max: number | null;
}

const EVERY_MS = 15_000;

/** How much comes in, and what is agreed about it. */
export function TopicFacts({ topic }: { topic: Topic }) {
  const { client } = useHub();
  const now = useNow(EVERY_MS);
  const { data: stats } = useLoad(
    (signal) => client.get<TopicStats>(`/uns/topics/${topic.id}/stats`, undefined, signal),
    [topic.id, Math.floor(now / EVERY_MS)],
  );
  const { data: schema } = useLoad(
    (signal) => client.get<TopicSchema>(`/uns/topics/${topic.id}/schema`, undefined, signal),
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
        {schema && schema.source !== 'none' && (
          <>
            <dt>Schema</dt>
            <dd>
              <span class="chip">{schema.mode}</span>
              {schema.bindingName !== null && <span class="soft"> {schema.bindingName}</span>}
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
