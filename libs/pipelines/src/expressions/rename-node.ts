import type { JsonValue } from '#kernel';
import { parseTemplate } from './template';

/** Parameters in whose expressions a node is called by its new name. Texts that cannot be read stay as they are. */
export function renameNode(parameters: JsonValue, from: string, to: string): JsonValue {
  if (typeof parameters === 'string') return renameInText(parameters, from, to);
  if (Array.isArray(parameters)) return parameters.map((member) => renameNode(member, from, to));
  if (typeof parameters !== 'object' || parameters === null) return parameters;
  return Object.fromEntries(Object.entries(parameters).map(([key, member]) => [key, renameNode(member, from, to)]));
}

function renameInText(text: string, from: string, to: string): string {
  const mentions = mentionsIn(text).filter(({ name }) => name === from);
  // From the end, so that the places before stay right.
  return mentions.toReversed().reduce((result, { start, end, optional }) => {
    return `${result.slice(0, start)}${optional ? '?.' : ''}[${JSON.stringify(to)}]${result.slice(end)}`;
  }, text);
}

function mentionsIn(text: string) {
  try {
    const parts = text.includes('{{') ? (parseTemplate(text)?.parts ?? []) : [];
    return parts.flatMap((part) => (typeof part === 'string' ? [] : part.nodes));
  } catch {
    return [];
  }
}
