import { bucketMilliseconds, MOST_POINTS, type SeriesRequest } from '#uns';
import type { Panel, PanelQuery } from '../dashboard-content';
import { PANEL_TYPE_DEFINITIONS } from '../panels/panel-types';
import type { Span } from '../time-range';
import { fillIn, mentionsIn } from '../variables';
import { widthFor } from './bucket-width';

/** What a query of a panel asks of the namespace. */
export interface PanelRequest {
  query: PanelQuery;
  /** Its place in the panel's queries. */
  place: number;
  request: SeriesRequest;
}

/** The requests of a panel for that time; a query with a variable that has no value has none. */
export function requestsOf(panel: Panel, span: Span, values: ReadonlyMap<string, string>): PanelRequest[] {
  return panel.queries.flatMap((query, place) =>
    valueless(query.topic, values).length > 0
      ? []
      : [{ query, place, request: requestOf(panel, query, span, fillIn(query.topic, values)) }],
  );
}

/** The variables of the text that have no value. */
export const valueless = (text: string, values: ReadonlyMap<string, string>): string[] =>
  mentionsIn(text).filter((name) => !values.has(name));

function requestOf({ type }: Panel, query: PanelQuery, span: Span, topic: string): SeriesRequest {
  const { field, aggregate, bucket } = query;
  const latest = PANEL_TYPE_DEFINITIONS[type].shows === 'latest';
  const limit = MOST_POINTS;
  if (aggregate === null) {
    return latest
      ? { topic, field, from: null, to: span.to, buckets: null, limit: 1 }
      : { topic, field, ...span, buckets: null, limit };
  }
  if (bucket === null && latest) {
    const whole = { aggregate, milliseconds: span.to - span.from, origin: span.from };
    return { topic, field, ...span, buckets: whole, limit: 1 };
  }
  const milliseconds = bucket === null ? widthFor(span.to - span.from) : bucketMilliseconds(bucket)!;
  const buckets = { aggregate, milliseconds, origin: 0 };
  return { topic, field, from: earliest(span, milliseconds), to: span.to, buckets, limit };
}

/** No more is read than is told: the begin of the first bucket that can be among the latest, where the time has more. */
function earliest({ from, to }: Span, milliseconds: number): number {
  const last = Math.floor((to - 1) / milliseconds);
  // One bucket more than are told shows that there are more.
  return Math.max(from, (last - MOST_POINTS) * milliseconds);
}
