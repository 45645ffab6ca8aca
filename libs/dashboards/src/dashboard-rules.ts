import { DomainError, invalid, type FieldProblem } from '#kernel';
import { LARGEST_DASHBOARD, MOST_PANELS, type DashboardContent } from './dashboard-content';
import { panelProblems } from './panels/panel-rules';
import { variableProblems } from './variables';

const MOST_PROBLEMS = 100;

/**
 * What a dashboard is checked by as a whole, whichever part of it is changed.
 * @throws DomainError `bad_request` with every problem by its place; `payload_too_large`.
 */
export function requireSound(content: DashboardContent): void {
  refuse(dashboardProblems(content));
  if (Buffer.byteLength(JSON.stringify(content)) > LARGEST_DASHBOARD) {
    throw new DomainError('payload_too_large', 'A dashboard must be at most 2 MiB');
  }
}

/** What does not fit together in a dashboard whose fields are each sound in form. */
export function dashboardProblems({ variables, panels }: DashboardContent): FieldProblem[] {
  if (panels.length > MOST_PANELS) return [{ field: 'panels', message: `Panels must be at most ${MOST_PANELS}` }];
  const names = new Set(variables.map(({ name }) => name));
  return [...variableProblems(variables), ...panelProblems(panels, names)];
}

function refuse(problems: readonly FieldProblem[]): void {
  const [first, ...others] = problems.slice(0, MOST_PROBLEMS);
  if (first) throw invalid(first, ...others);
}
