import { DomainError, type FieldProblem } from '#kernel';
import {
  judgeContent,
  namesOfPath,
  pathProblem,
  type CheckedContent,
  type PortableContent,
} from '#platform/dependencies';
import { IsName, judgeInput } from '#platform/http';
import type { DashboardContent } from '../dashboard-content';
import { newContent } from '../dashboard-input';
import { dashboardProblems, requireSound } from '../dashboard-rules';
import { DashboardInput } from '../dto/dashboard.dto';
import { DEEPEST_FOLDER } from '../folders/folder-rules';

class FolderName {
  @IsName(100)
  name!: string;
}

export type ExchangedContent = Omit<DashboardContent, 'name' | 'folderId'>;

/** What of a dashboard leaves the organization beside its name, which says where it lies. */
export const toExchanged = (dashboard: DashboardContent): ExchangedContent => ({
  description: dashboard.description,
  timeRange: dashboard.timeRange,
  refreshSeconds: dashboard.refreshSeconds,
  variables: dashboard.variables,
  panels: dashboard.panels,
});

export function checkDashboard(path: string, content: PortableContent): CheckedContent {
  const names = namesOfPath(path);
  const [name, folders] = [names.at(-1)!, names.slice(0, -1)];
  const { input, problems } = judgeContent(DashboardInput, name, content);
  const found = [
    ...placeProblems(path, folders),
    ...(Object.hasOwn(content, 'folderId') ? [{ field: 'folderId', message: 'FolderId is not a known field' }] : []),
    ...problems,
    ...namelessPanels(content),
  ];
  if (found.length > 0) return { content, secrets: [], problems: found };
  try {
    const sound = newContent(input);
    const unfit = dashboardProblems(sound);
    if (unfit.length === 0) requireSound(sound);
    return { content: plain(toExchanged(sound)), secrets: [], problems: unfit };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const field = error.kind === 'payload_too_large' ? '' : 'timeRange';
    return { content, secrets: [], problems: [{ field, message: error.message }] };
  }
}

function placeProblems(path: string, folders: readonly string[]): FieldProblem[] {
  const problem = pathProblem(path);
  if (problem !== undefined) return [{ field: 'name', message: problem }];
  if (folders.length > DEEPEST_FOLDER) {
    return [{ field: 'name', message: `Folders must not be deeper than ${DEEPEST_FOLDER} levels` }];
  }
  return folders.flatMap((name) => judgeInput(FolderName, { name }).problems);
}

/** A panel that is given its id on the way in would be another one each time. */
function namelessPanels({ panels }: PortableContent): FieldProblem[] {
  if (!Array.isArray(panels)) return [];
  return panels.flatMap((panel, index) =>
    typeof panel === 'object' && panel !== null && !Object.hasOwn(panel, 'id')
      ? [{ field: `panels[${index}].id`, message: 'Id is required' }]
      : [],
  );
}

export const plain = (content: object): PortableContent => JSON.parse(JSON.stringify(content)) as PortableContent;
