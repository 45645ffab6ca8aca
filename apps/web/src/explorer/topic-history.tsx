import type { RefObject } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PanelData, Series, UnsRecord } from '../api/types';
import { useHub } from '../app/context';
import { TimeChart } from '../charts/time-chart';
import { appended } from '../dashboards/live-series';
import { StateTimeline } from '../dashboards/panels/state-timeline';
import { TimePicker } from '../dashboards/time-picker';
import {
  bucketFor,
  isLive,
  last as lastOf,
  spanOf,
  toRange,
  type Span,
  type TimeRange,
} from '../dashboards/time-range';
import { fieldOf, numberFields } from '../dashboards/topic-filter';
import { Button } from '../ui/button';
import { Empty, Failure, Loading } from '../ui/states';
import { useLoad } from '../ui/use-load';

export interface HistoryHandle {
  /** New values, for a time that ends now. */
  append: (records: UnsRecord[]) => void;
}

interface TopicHistoryProps {
  path: string;
  last: UnsRecord | undefined;
  handle: RefObject<HistoryHandle | null>;
}

const MOST_BUCKETS = 500;
const MOST_RECORDS = 10_000;
const NO_OPTIONS = {};

/** The values over time: numbers as a line, everything else as states. */
export function TopicHistory({ path, last, handle }: TopicHistoryProps) {
  const [range, setRange] = useState<TimeRange>(lastOf('1h'));
  const [chosen, setChosen] = useState<string>();
  const fields = useMemo(() => numberFields(last?.value), [JSON.stringify(numberFields(last?.value))]);
  const field = chosen ?? fields[0] ?? '';
  const isNumber = typeof fieldOf(last?.value, field) === 'number';
  const { data, span, error, loading, reload } = useHistory(path, field, isNumber, range, handle);
  return (
    <section class="box history">
      <header class="box-head">
        <h2>History</h2>
        {fields.length > 0 && (
          <select
            aria-label="Field"
            value={field}
            onChange={(event) => setChosen((event.target as HTMLSelectElement).value)}
          >
            {fields.map((name) => (
              <option key={name} value={name} selected={name === field}>
                {name}
              </option>
            ))}
          </select>
        )}
        {!isLive(range) && (
          <Button icon="back" onClick={() => setRange(lastOf('1h'))}>
            Back to live
          </Button>
        )}
        <TimePicker range={range} onChange={setRange} />
      </header>
      <div class="history-body">
        {error !== undefined && !data ? (
          <Failure error={error} onRetry={reload} />
        ) : loading || !data ? (
          <Loading what="history" />
        ) : data.points.length === 0 ? (
          <Empty title="No values in this time" />
        ) : isNumber ? (
          <TimeChart
            kind="line"
            label={`History of ${path}`}
            series={[data]}
            options={NO_OPTIONS}
            span={span}
            onZoom={(part: Span) => setRange(toRange(part))}
          />
        ) : (
          <StateTimeline series={[data]} options={NO_OPTIONS} span={span} />
        )}
      </div>
    </section>
  );
}

function useHistory(
  path: string,
  field: string,
  isNumber: boolean,
  range: TimeRange,
  handle: RefObject<HistoryHandle | null>,
) {
  const { client } = useHub();
  const [grown, setGrown] = useState<PanelData>();
  const [span, setSpan] = useState(() => spanOf(range, Date.now()));
  const loaded = useLoad(
    async (signal): Promise<Series> => {
      const now = spanOf(range, Date.now());
      const times = { topic: path, ...toRange({ ...now, to: now.to + 1 }) };
      if (!isNumber) {
        const records = await client.get<UnsRecord[]>('/uns/data/range', { ...times, limit: MOST_RECORDS }, signal);
        return { topic: path, points: records.map(({ timestamp, value }) => [Date.parse(timestamp), value]) };
      }
      const bucket = bucketFor(now, MOST_BUCKETS);
      const query = { ...times, bucket, aggregate: 'avg', field, limit: MOST_RECORDS };
      const buckets = await client.get<{ timestamp: string; value: number; count: number }[]>(
        '/uns/data/range',
        query,
        signal,
      );
      const points = buckets.map(({ timestamp, value, count }) => [Date.parse(timestamp), value, count] as const);
      return { topic: path, field, aggregate: 'avg', bucket, points: points.map((point) => [...point]) };
    },
    [path, field, isNumber, range],
  );
  useEffect(() => {
    setGrown(loaded.data && { id: path, series: [loaded.data] });
    setSpan(spanOf(range, Date.now()));
  }, [loaded.data]);
  handle.current = {
    append: (records) => {
      if (!isLive(range)) return;
      const next = spanOf(range, Date.now());
      setSpan(next);
      const query = { topic: path, field, aggregate: isNumber ? ('avg' as const) : null };
      setGrown((before) => before && appended(before, [query], records, next.from));
    },
  };
  return { ...loaded, data: grown?.series[0], span };
}
