import { newId } from '#kernel';
import { LOWEST_ROW, type DashboardContent, type Panel, type PanelQuery, type Variable } from './dashboard-content';
import type { DashboardChange, DashboardInput, VariableInput } from './dto/dashboard.dto';
import type { PanelChange, PanelInput, PanelQueryInput } from './dto/panel.dto';
import { spanOf } from './time-range';

const LAST_HOUR = { from: 'now-1h', to: 'now' };
const USUAL_SIZE = { w: 12, h: 8 };

/** A dashboard of what is given, with defaults for the rest. @throws DomainError `bad_request` */
export const newContent = (input: DashboardInput): DashboardContent =>
  changedContent(
    {
      name: input.name,
      description: null,
      folderId: null,
      timeRange: LAST_HOUR,
      refreshSeconds: 0,
      variables: [],
      panels: [],
    },
    input,
  );

/** The content with everything that the change names. @throws DomainError `bad_request` for a time range that is none. */
export function changedContent(before: DashboardContent, change: DashboardChange): DashboardContent {
  const { variables, panels, ...own } = plain(change);
  // Whether it is one is asked when it is given: with the years every time becomes longer than some.
  if (own.timeRange) spanOf(own.timeRange, Date.now(), 'timeRange.');
  return {
    ...before,
    ...own,
    ...(variables && { variables: variables.map(toVariable) }),
    ...(panels && { panels: panels.reduce<Panel[]>((placed, panel) => [...placed, toPanel(panel, placed)], []) }),
  };
}

/** @param others where they are decides where it is, unless it says so itself. */
export function toPanel(input: PanelInput, others: readonly Panel[]): Panel {
  const { id = newId(), title = '', type, position = placeBelow(others), queries = [], options = {} } = plain(input);
  return { id, title, type, position, queries: queries.map(toQuery), options };
}

/** The panel with everything that the change names. */
export function changedPanel(before: Panel, change: PanelChange): Panel {
  const { queries, ...own } = plain(change);
  return { ...before, ...own, ...(queries && { queries: queries.map(toQuery) }) };
}

const placeBelow = (others: readonly Panel[]) => ({
  x: 0,
  y: Math.min(LOWEST_ROW, Math.max(0, ...others.map(({ position }) => position.y + position.h))),
  ...USUAL_SIZE,
});

const toQuery = ({ topic, field = null, aggregate = null, bucket = null }: PanelQueryInput): PanelQuery => ({
  topic,
  field,
  aggregate,
  bucket,
});

const toVariable = (input: VariableInput): Variable => {
  const { name, label = null, values = null, topics = null } = input;
  return { name, label, values, topics, default: input.default ?? null };
};

/** Input classes as plain objects: what is undefined in them is no member of a document. */
const plain = <T extends object>(input: T): T => JSON.parse(JSON.stringify(input)) as T;
