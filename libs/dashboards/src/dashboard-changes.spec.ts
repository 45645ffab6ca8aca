import { summaryOf } from './dashboard-changes';
import type { DashboardContent, Panel } from './dashboard-content';

const panel = (id: string, title = ''): Panel => ({
  id,
  title,
  type: 'line',
  position: { x: 0, y: 0, w: 12, h: 8 },
  queries: [],
  options: {},
});

const content = (change: Partial<DashboardContent> = {}): DashboardContent => ({
  name: 'Line 1',
  description: null,
  folderId: null,
  timeRange: { from: 'now-1h', to: 'now' },
  refreshSeconds: 0,
  variables: [],
  panels: [panel('a'), panel('b')],
  ...change,
});

it.each<[Partial<DashboardContent>, string]>([
  [{}, 'nothing changed'],
  [{ panels: [panel('b'), panel('a')] }, 'nothing changed'],
  [{ panels: [panel('a'), panel('b'), panel('c')] }, '1 panel added'],
  [{ panels: [panel('a', 'New'), panel('c'), panel('d')] }, '2 panels added, 1 removed, 1 changed'],
  [{ name: 'Line 2', timeRange: { from: 'now-2h', to: 'now' } }, 'renamed, time range changed'],
  [{ panels: [], folderId: 'x', refreshSeconds: 5 }, '2 panels removed, moved, refresh changed'],
])('%j: %s', (change, summary) => {
  expect(summaryOf(content(), content(change))).toBe(summary);
});
