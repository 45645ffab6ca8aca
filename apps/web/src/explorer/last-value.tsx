import type { UnsRecord } from '../api/types';
import { ago, formatTime, formatValue } from '../dashboards/format';
import { Empty } from '../ui/states';
import { useNow } from '../ui/use-load';

const LONGEST = 20_000;

/** The newest value as it is, and where it came from. */
export function LastValue({ record }: { record: UnsRecord | undefined }) {
  const now = useNow(5_000);
  if (!record) {
    return (
      <section class="box">
        <h2>Last value</h2>
        <Empty title="No value yet" />
      </section>
    );
  }
  const { value, quality, source, timestamp, receivedAt, reason } = record;
  const isObject = typeof value === 'object' && value !== null;
  return (
    <section class="box last-value">
      <h2>Last value</h2>
      {isObject ? (
        <pre class="json" tabIndex={0}>
          {JSON.stringify(value, null, 2).slice(0, LONGEST)}
        </pre>
      ) : (
        <p class="figure">{formatValue(value)}</p>
      )}
      <dl class="facts">
        <dt>Quality</dt>
        <dd>
          <span class={`chip quality-${quality}`}>{quality}</span>
          {reason !== undefined && <span class="soft"> {reason}</span>}
        </dd>
        <dt>Source</dt>
        <dd>{source ?? '–'}</dd>
        <dt>Time</dt>
        <dd title={timestamp}>
          {formatTime(timestamp)} <span class="soft">{ago(timestamp, now)}</span>
        </dd>
        <dt>Received</dt>
        <dd title={receivedAt}>{formatTime(receivedAt)}</dd>
      </dl>
    </section>
  );
}
