import { isId, type FieldProblem } from '#kernel';
import { judgeInput } from '../http';
import { namesOfPath, pathProblem } from './path-of-names';
import type { PortableContent } from './portable';

/**
 * A content that came in as the input by which the API makes such an entity, judged by the rules of that; the name is told
 * apart from it. Throws nothing, whatever the content is.
 */
export function judgeContent<T extends object>(
  type: new () => T,
  name: string,
  content: PortableContent,
): { input: T; problems: FieldProblem[] } {
  const refused = (field: string, message: string) => ({ input: new type(), problems: [{ field, message }] });
  if (!isContent(content)) return refused('', 'Content must be a JSON object');
  if (Object.hasOwn(content, 'name')) return refused('name', 'Name is not a known field');
  return judgeInput(type, { ...content, name });
}

/** The same of an entity that lies in nothing: its path is one name. */
export function judgeNamed<T extends object>(
  type: new () => T,
  path: string,
  content: PortableContent,
): { input: T; problems: FieldProblem[] } {
  const [name, ...more] = namesOfPath(path);
  const message = more.length > 0 ? 'Name must be one name; a / that belongs to it is written ~1' : pathProblem(path);
  if (message === undefined) return judgeContent(type, name!, content);
  return { input: new type(), problems: [{ field: 'name', message }] };
}

/** Whether a text may stand in the place of a reference; where it leads is for others to see. */
export const isReference = (text: string): boolean => text.startsWith('mhub://') || isId(text);

/** What is wrong with one that may not, told after the field's name. */
export const notAReference = (type: string): string => `must name a ${type}: mhub://${type}/<name>`;

const isContent = (content: unknown): boolean =>
  typeof content === 'object' && content !== null && !Array.isArray(content);
