import { DEFAULT_SETTINGS } from '#organizations';
import { jsonProblem, type FieldProblem } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import { readInput } from '#platform/http';
import { PipelineInput } from '../dto/pipeline.dto';
import { newDefinition, plain } from '../pipeline-content';
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
export async function readContent(
  name: string,
  content: unknown,
): Promise<{ definition: PipelineDefinition; enabled: boolean } | { problems: FieldProblem[] }> {
  const problem = shapeProblem(content);
  if (problem) return { problems: [problem] };
  const read = await readInput(PipelineInput, { ...plain(content as PortableContent), name });
  if ('problems' in read) return read;
  const { input } = read;
  const missing = [...idsMissing('nodes', input.nodes), ...idsMissing('edges', input.edges)];
  if (missing.length > 0) return { problems: missing };
  return {
    definition: newDefinition(input, { historyDetail, timeoutSeconds }),
    enabled: input.enabled ?? false,
  };
}

function shapeProblem(content: unknown): FieldProblem | undefined {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return { field: '', message: 'A pipeline must be a JSON object' };
  }
  const problem = jsonProblem(content);
  if (problem) return { field: '', message: `The pipeline ${problem}` };
  return Object.hasOwn(content, 'name') ? { field: 'name', message: 'Name is not a known field' } : undefined;
}

/** Made anew with each reading, it would be another pipeline every time. */
const idsMissing = (field: string, parts: readonly { id?: string }[] = []): FieldProblem[] =>
  parts.flatMap(({ id }, index) =>
    id === undefined ? [{ field: `${field}.${index}.id`, message: 'Id is required' }] : [],
  );
