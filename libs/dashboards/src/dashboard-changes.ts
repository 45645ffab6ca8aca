import { isDeepStrictEqual } from 'node:util';
import type { DashboardContent } from './dashboard-content';

const FIELDS = {
  name: 'renamed',
  folderId: 'moved',
  description: 'description changed',
  timeRange: 'time range changed',
  refreshSeconds: 'refresh changed',
  variables: 'variables changed',
} as const satisfies Partial<Record<keyof DashboardContent, string>>;

/** `2 panels added, 1 changed, renamed`: for people who read the trail. */
export function summaryOf(before: DashboardContent, after: DashboardContent): string {
  const earlier = new Map(before.panels.map((panel) => [panel.id, panel]));
  const later = new Set(after.panels.map(({ id }) => id));
  const kept = after.panels.filter(({ id }) => earlier.has(id));
  const counts = [
    [after.panels.length - kept.length, 'added'],
    [before.panels.filter(({ id }) => !later.has(id)).length, 'removed'],
    [kept.filter((panel) => !isDeepStrictEqual(panel, earlier.get(panel.id))).length, 'changed'],
  ] as const;
  const panels = counts
    .filter(([count]) => count > 0)
    .map(([count, verb], index) =>
      index === 0 ? `${count} ${count === 1 ? 'panel' : 'panels'} ${verb}` : `${count} ${verb}`,
    );
  const fields = Object.entries(FIELDS)
    .filter(([field]) => !isDeepStrictEqual(before[field as keyof typeof FIELDS], after[field as keyof typeof FIELDS]))
    .map(([, words]) => words);
  return [...panels, ...fields].join(', ') || 'nothing changed';
}
