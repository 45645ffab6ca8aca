import type { JsonValue } from '#kernel';
import type { NodeMention } from './expression';
import { escaped } from './parameters';
import { parseTemplate } from './template';

/** Finds the nodes that the text at a pointer names. */
type Mentions = (text: string, pointer: string) => readonly NodeMention[];

/** Parameters in whose expressions a node is called by its new name. Texts that cannot be read stay as they are. */
export function renameNode(
  parameters: JsonValue,
  from: string,
  to: string,
  mentions: Mentions = mentionsInTemplate,
  pointer = '',
): JsonValue {
  if (typeof parameters === 'string') return renameInText(parameters, from, to, () => mentions(parameters, pointer));
  if (typeof parameters !== 'object' || parameters === null) return parameters;
  const renamed = (key: string | number, member: JsonValue) =>
    renameNode(member, from, to, mentions, `${pointer}/${escaped(key)}`);
  if (Array.isArray(parameters)) return parameters.map((member, index) => renamed(index, member));
  return Object.fromEntries(Object.entries(parameters).map(([key, member]) => [key, renamed(key, member)]));
}

function renameInText(text: string, from: string, to: string, find: () => readonly NodeMention[]): string {
  const mentions = readable(find).filter(({ name }) => name === from);
  // From the end, so that the places before stay right.
  return mentions.toReversed().reduce((result, { start, end, optional }) => {
    return `${result.slice(0, start)}${optional ? '?.' : ''}[${JSON.stringify(to)}]${result.slice(end)}`;
  }, text);
}

function readable(find: () => readonly NodeMention[]): readonly NodeMention[] {
  try {
    return find();
  } catch {
    return [];
  }
}

const mentionsInTemplate: Mentions = (text) =>
  text.includes('{{')
    ? (parseTemplate(text)?.parts ?? []).flatMap((part) => (typeof part === 'string' ? [] : part.nodes))
    : [];
