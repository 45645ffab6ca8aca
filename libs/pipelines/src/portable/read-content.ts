import { DEFAULT_SETTINGS } from '#organizations';
import type { FieldProblem } from '#kernel';
import { judgeNamed, type PortableContent } from '#platform/dependencies';
import { PipelineInput } from '../dto/pipeline.dto';
import { newDefinition } from '../pipeline-content';
import type { PipelineDefinition } from '../pipeline-definition';

/** A pipeline as it left: its name stands beside it. */
export type PipelineContent = Omit<PipelineDefinition, 'name'> & { enabled: boolean };

/** What a content leaves out is the product's default: it must not mean something else in each organization. */
const { historyDetail, timeoutSeconds } = DEFAULT_SETTINGS.executions;

export function contentOf(definition: PipelineDefinition, enabled: boolean): PipelineContent {
  const content: Partial<PipelineDefinition> & { enabled: boolean } = { ...definition, enabled };
  delete content.name;
  return content as PipelineContent;
}

/** A content by the same rules as the body of a request, complete with all defaults. */
export function readContent(
  name: string,
  content: PortableContent,
): { definition: PipelineDefinition; enabled: boolean } | { problems: FieldProblem[] } {
  const { input, problems } = judgeNamed(PipelineInput, name, content);
  if (problems.length > 0) return { problems };
  const missing = [...idsMissing('nodes', input.nodes), ...idsMissing('edges', input.edges)];
  if (missing.length > 0) return { problems: missing };
  return {
    definition: newDefinition(input, { historyDetail, timeoutSeconds }),
    enabled: input.enabled ?? false,
  };
}

/** Made anew with each reading, it would be another pipeline every time. */
const idsMissing = (field: string, parts: readonly { id?: string }[] = []): FieldProblem[] =>
  parts.flatMap(({ id }, index) =>
    id === undefined ? [{ field: `${field}.${index}.id`, message: 'Id is required' }] : [],
  );
