/* The part of Markdown that notes need, as data: whoever draws it makes text of text, so that nothing in it can run. */

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em'; parts: Inline[] }
  | { kind: 'link'; href: string; parts: Inline[] };

export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; parts: Inline[] }
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' };

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/;

export function parseMarkdown(source: string): Block[] {
  const lines = source.split(/\r\n|\r|\n/);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    const [block, next] = blockAt(lines, at);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): [Block | undefined, next: number] {
  const line = lines[at]!;
  if (line.trim() === '') return [undefined, at + 1];
  if (FENCE.test(line)) {
    const end = lines.findIndex((other, index) => index > at && FENCE.test(other));
    const last = end < 0 ? lines.length : end;
    return [{ kind: 'code', text: lines.slice(at + 1, last).join('\n') }, last + 1];
  }
  const [, marks, title] = HEADING.exec(line) ?? [];
  if (marks !== undefined) {
    const level = Math.min(marks.length, 3) as 1 | 2 | 3;
    return [{ kind: 'heading', level, parts: parseInline(title!) }, at + 1];
  }
  if (RULE.test(line)) return [{ kind: 'rule' }, at + 1];
  return ITEM.test(line) ? listAt(lines, at) : paragraphAt(lines, at);
}

function listAt(lines: readonly string[], at: number): [Block, number] {
  const items: string[] = [];
  let next = at;
  for (; next < lines.length && lines[next]!.trim() !== ''; next++) {
    const [, , text] = ITEM.exec(lines[next]!) ?? [];
    if (text !== undefined) items.push(text);
    else items.push(`${items.pop() ?? ''} ${lines[next]!.trim()}`);
  }
  const ordered = ITEM.exec(lines[at]!)?.[1] !== undefined;
  return [{ kind: 'list', ordered, items: items.map((item) => parseInline(item)) }, next];
}

const beginsBlock = (line: string): boolean =>
  line.trim() === '' || FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || RULE.test(line);

function paragraphAt(lines: readonly string[], at: number): [Block, number] {
  let next = at + 1;
  while (next < lines.length && !beginsBlock(lines[next]!)) next++;
  return [{ kind: 'paragraph', parts: parseInline(lines.slice(at, next).join('\n')) }, next];
}

/** What comes first wins; nothing in it is searched twice, so that no text takes long. */
const INLINE = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|\*([^*\n]+)\*|_([^_\n]+)_|\[([^[\]\n]{1,500})\]\(([^()\s]{1,2000})\)/;

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index > 0) parts.push({ kind: 'text', text: rest.slice(0, match.index) });
    parts.push(inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

function inlineOf([whole, code, strong, star, underscore, label, address]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  if (strong !== undefined) return { kind: 'strong', parts: parseInline(strong) };
  if (label === undefined) return { kind: 'em', parts: parseInline(star ?? underscore ?? '') };
  const href = safeLink(address!);
  return href === undefined
    ? { kind: 'text', text: whole }
    : { kind: 'link', href, parts: [{ kind: 'text', text: label }] };
}

/** Web and mail addresses, and places within the platform; never a script. */
export function safeLink(address: string): string | undefined {
  if (/^(?:https?:\/\/|mailto:)/i.test(address)) return address;
  return /^\/(?![/\\])/.test(address) ? address : undefined;
}
