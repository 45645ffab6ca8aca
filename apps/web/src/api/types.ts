/* What the API answers, as far as the pages read it. */

export interface Profile {
  user: { id: string; email: string; firstName: string; lastName: string; systemAdmin: boolean };
  organizations: { id: string; name: string; role: 'viewer' | 'editor' | 'admin' }[];
  scopes: string[];
}

export type Quality = 'good' | 'uncertain' | 'bad';

export interface UnsRecord {
  id?: string;
  topic: string;
  value: unknown;
  source: string | null;
  timestamp: string;
  receivedAt: string;
  quality: Quality;
  reason?: string;
}

export interface Topic {
  id: string;
  topic: string;
  name: string;
  description: string | null;
}

export interface TreeNode extends Topic {
  /** How many lie directly below. */
  children: number;
}

export interface TopicStats {
  last: UnsRecord | null;
  firstSeen: string | null;
  lastSeen: string | null;
  counts: { minute: number; hour: number; day: number };
  ratePerSecond: number;
  fields: string[];
}

export const PANEL_TYPES = ['line', 'area', 'bar', 'stat', 'gauge', 'table', 'state-timeline', 'text'] as const;
export type PanelType = (typeof PANEL_TYPES)[number];

export const AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface Query {
  topic: string;
  field?: string | null;
  aggregate?: Aggregate | null;
  bucket?: string | null;
}

export interface Threshold {
  value: number;
  color: string;
}

export interface Mapping {
  value: string | number | boolean | null;
  label?: string;
  color?: string;
}

export interface TableColumn {
  /** Dotted; nothing is the value itself. */
  field: string;
  label?: string;
  unit?: string;
  decimals?: number;
}

export interface PanelOptions {
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  thresholds?: Threshold[];
  legend?: boolean;
  stacked?: boolean;
  text?: string;
  mappings?: Mapping[];
  columns?: TableColumn[];
}

export interface Position {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Panel {
  id: string;
  title: string;
  type: PanelType;
  position: Position;
  queries: Query[];
  options: PanelOptions;
}

export interface Variable {
  name: string;
  label?: string | null;
  values?: string[] | null;
  /** An MQTT filter with one `+`, whose level gives the values. */
  topics?: string | null;
  default?: string | null;
}

export interface DashboardSummary {
  id: string;
  name: string;
  description: string | null;
  folderId: string | null;
  updatedAt?: string;
}

export interface Dashboard extends DashboardSummary {
  timeRange: { from: string; to: string };
  refreshSeconds: number;
  variables: Variable[];
  panels: Panel[];
}

export interface Folder {
  id: string;
  name: string;
  parentId: string | null;
}

/** Time in milliseconds, value, and for buckets how many values are in it. */
export type Point = [time: number, value: unknown, count?: number];

export interface Series {
  topic: string;
  field?: string | null;
  aggregate?: Aggregate | null;
  bucket?: string | null;
  unit?: string | null;
  points: Point[];
  truncated?: boolean;
  problem?: string;
}

export interface PanelData {
  id: string;
  series: Series[];
  problem?: string;
}

export interface DashboardData {
  from: string;
  to: string;
  /** The values that the variables had. */
  variables: Record<string, string>;
  panels: PanelData[];
}
