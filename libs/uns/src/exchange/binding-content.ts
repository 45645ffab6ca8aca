import { IsNotEmpty, IsString, Matches, MaxLength } from 'class-validator';
import { judgeNamed, type CheckedContent, type PortableContent } from '#platform/dependencies';
import type { SchemaBinding } from '../schemas/schema-binding.entity';
import { bindingFilterProblem } from '../schemas/schema-reader';
import {
  readSchemaContent,
  SchemaContent,
  schemaContentProblems,
  toSchemaContent,
  type FullSchemaContent,
} from './schema-content';
import { plain } from './plain-content';

/** A binding as it comes in, with its name. */
class BindingContent extends SchemaContent {
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  name!: string;

  @IsString()
  @MaxLength(1_024)
  filter!: string;
}

/** With every default. */
export interface FullBindingContent extends FullSchemaContent {
  filter: string;
}

export const toBindingContent = (binding: SchemaBinding): FullBindingContent => ({
  filter: binding.filter,
  ...toSchemaContent(binding),
});

export function checkBinding(path: string, content: PortableContent): CheckedContent {
  const { input, problems } = judgeNamed(BindingContent, path, content);
  if (problems.length > 0) return { content, secrets: [], problems };
  const full = { filter: input.filter, ...readSchemaContent(input, content) };
  const problem = bindingFilterProblem(full.filter);
  const unfit = problem === undefined ? [] : [{ field: 'filter', message: problem }];
  return { content: plain(full), secrets: [], problems: [...unfit, ...schemaContentProblems(full)] };
}
