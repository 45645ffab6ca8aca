import type { JsonValue } from '#kernel';
import type { Aggregate } from '#uns';

export const PANEL_TYPES = ['line', 'bar', 'area', 'stat', 'gauge', 'table', 'state-timeline', 'text'] as const;
export type PanelType = (typeof PANEL_TYPES)[number];

export type PanelOptions = { [name: string]: JsonValue };

/** What a panel shows of one topic, or of each topic of a filter. `${name}` in it stands for a variable's value. */
export interface PanelQuery {
  topic: string;
  /** Dotted place in object values; null for the value itself. */
  field: string | null;
  /** null for records as they are. */
  aggregate: Aggregate | null;
  /** A width such as `1m`; null for one that suits the time shown. */
  bucket: string | null;
}

/** On a grid of 24 columns; a row is some 40 pixels high. */
export interface PanelPosition {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Panel {
  /** Unique in the dashboard. */
  id: string;
  title: string;
  type: PanelType;
  position: PanelPosition;
  queries: PanelQuery[];
  /** By the schema of its type. */
  options: PanelOptions;
}

/** A level of topics that whoever looks may choose. It has either values or topics. */
export interface Variable {
  name: string;
  label: string | null;
  values: string[] | null;
  /** MQTT filter with one `+`: the values are what stands there. */
  topics: string | null;
  default: string | null;
}

/** Each `now`, `now-1h` (s, m, h, d), or RFC 3339. */
export interface TimeRange {
  from: string;
  to: string;
}

/** Everything that people decide about a dashboard. */
export interface DashboardContent {
  name: string;
  description: string | null;
  folderId: string | null;
  timeRange: TimeRange;
  /** 0: it follows the stream alone. */
  refreshSeconds: number;
  variables: Variable[];
  panels: Panel[];
}

export const MOST_DASHBOARDS = 1_000;
export const MOST_PANELS = 100;
export const MOST_QUERIES = 20;
export const MOST_VARIABLES = 20;
export const MOST_VALUES = 200;
export const GRID_COLUMNS = 24;
export const LOWEST_ROW = 10_000;
/** A dashboard's JSON, in bytes: as much as a body may hold. */
export const LARGEST_DASHBOARD = 2 * 1024 * 1024;
