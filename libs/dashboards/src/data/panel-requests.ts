import { bucketMilliseconds, type SeriesRequest } from '#uns';
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
  if (aggregate === null) return { topic, field, from: latest ? null : span.from, to: span.to, buckets: null };
  const whole = span.to - span.from;
  const milliseconds = bucket !== null ? bucketMilliseconds(bucket)! : latest ? whole : widthFor(whole);
  // What is the whole time begins with it.
  const origin = bucket === null && latest ? span.from : 0;
  return { topic, field, ...span, buckets: { aggregate, milliseconds, origin } };
}
