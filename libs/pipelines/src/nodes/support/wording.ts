/** Markdown of paragraphs, lists and tables, with a blank line between them. */
export const paragraphs = (...parts: readonly string[]): string => parts.join('\n\n');
