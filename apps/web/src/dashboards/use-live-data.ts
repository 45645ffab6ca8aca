import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { RecordStream, type StreamState } from '../api/record-stream';
import type { Dashboard, DashboardData, PanelData, UnsRecord } from '../api/types';
import { useHub } from '../app/context';
import { useLoad } from '../ui/use-load';
import { appended } from './live-series';
import { isLive, spanOf, type Span, type TimeRange } from './time-range';
import { fillIn } from './topic-filter';

/** What is drawn, and how often at most. */
const REDRAW_MS = 250;
/** What waits to be drawn, as long as nobody looks. */
const MOST_WAITING = 10_000;
/** Of a dashboard's filters; the server takes no more on one stream. */
const MOST_FILTERS = 100;

export interface LiveData {
  panels: ReadonlyMap<string, PanelData>;
  /** The values that the variables have. */
  variables: ReadonlyMap<string, string>;
  span: Span;
  error: unknown;
  loading: boolean;
  /** Undefined where the time shown does not end now. */
  state: StreamState | undefined;
  reload: () => void;
}

type Variables = ReadonlyMap<string, string>;

/** A dashboard's values: read once, then kept up to date by the stream. */
export function useLiveData(dashboard: Dashboard, range: TimeRange, variables: Variables, refresh: number): LiveData {
  const { client } = useHub();
  const [panels, setPanels] = useState<ReadonlyMap<string, PanelData>>(new Map());
  const [span, setSpan] = useState(() => spanOf(range, Date.now()));
  const [state, setState] = useState<StreamState>();
  const waiting = useRef<UnsRecord[]>([]);
  const live = isLive(range);
  const chosen = [...variables].map(([name, value]) => [`var-${name}`, value] as const);
  const path = `/uns/dashboards/${dashboard.id}/data`;

  const loaded = useLoad(
    (signal) => client.get<DashboardData>(path, { ...range, ...Object.fromEntries(chosen) }, signal),
    [path, range, chosen, dashboard.panels.map(({ id, queries }) => [id, queries])],
  );
  useEffect(() => {
    if (!loaded.data) return;
    setPanels(new Map(loaded.data.panels.map((panel) => [panel.id, panel])));
    setKnown((before) => sameOr(before, new Map(Object.entries(loaded.data!.variables))));
    setSpan(spanOf(range, Date.now()));
  }, [loaded.data]);
  useEffect(() => setSpan(spanOf(range, Date.now())), [range.from, range.to]);

  const values = loaded.data?.variables;
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(variables);
  const queries = useMemo(
    () =>
      new Map(
        dashboard.panels.map((panel) => [
          panel.id,
          panel.queries.map((query) => ({ ...query, topic: fillIn(query.topic, known) })),
        ]),
      ),
    [dashboard.panels, known],
  );
  const filters = useMemo(
    () => [...new Set([...queries.values()].flat().map(({ topic }) => topic))].slice(0, MOST_FILTERS),
    [queries],
  );

  const flush = useCallback(() => {
    const records = waiting.current;
    waiting.current = [];
    const next = spanOf(range, Date.now());
    setSpan(next);
    if (records.length === 0) return;
    setPanels((before) => {
      const after = [...before].map(
        ([id, data]) => [id, appended(data, queries.get(id) ?? [], records, next.from)] as const,
      );
      return new Map(after);
    });
  }, [range.from, range.to, queries]);

  useRedraws(live, waiting, flush, range);

  useEffect(() => {
    if (!live || values === undefined || filters.length === 0) return setState(undefined);
    const stream = new RecordStream(client, filters, {
      records: (records) => {
        waiting.current.push(...records);
        if (waiting.current.length > MOST_WAITING) waiting.current.splice(0, waiting.current.length - MOST_WAITING);
      },
      state: setState,
      gap: loaded.reload,
    });
    return () => stream.close();
  }, [client, live, values === undefined, filters.join('\n')]);

  useEffect(() => {
    if (refresh <= 0) return;
    const timer = setInterval(() => !document.hidden && loaded.reload(), refresh * 1000);
    return () => clearInterval(timer);
  }, [refresh, loaded.reload]);

  const { error, loading, reload } = loaded;
  return { panels, variables: known, span, error, loading, state, reload };
}

/** The one before where nothing has changed, so that nothing that rests on it is made anew. */
const sameOr = (before: Variables, after: Variables): Variables =>
  JSON.stringify([...before]) === JSON.stringify([...after]) ? before : after;

/** Draws what waits, at most four times a second and only when the browser draws; and moves the time on meanwhile. */
function useRedraws(live: boolean, waiting: { current: UnsRecord[] }, flush: () => void, range: TimeRange): void {
  useEffect(() => {
    if (!live) return;
    let [last, frame] = [0, 0];
    const { from, to } = spanOf(range, Date.now());
    // A pixel of time: sooner nobody would see it move.
    const idle = Math.min(30_000, Math.max(1_000, (to - from) / 1_000));
    const draw = (now: number): void => {
      const since = now - last;
      if (since >= idle || (since >= REDRAW_MS && waiting.current.length > 0)) {
        last = now;
        flush();
      }
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [live, flush, range.from, range.to]);
}
