import { BROKEN_STROKE, drawn, fillOf, ROOT_STROKE, type DrawnEdge, type DrawnNode, type Drawing } from './drawing';

const ARROWS: Readonly<Record<DrawnEdge['kind'], string>> = { uses: '-->', part: '--o', matches: '-.->' };

/** The graph as a Mermaid flowchart. */
export function toMermaid(drawing: Drawing): string {
  const { nodes, edges } = drawn(drawing);
  const types = [...new Set(nodes.map(({ type }) => type))];
  const lines = [
    'flowchart LR',
    ...types.map((type) => `  classDef ${className(type)} fill:${fillOf(type)},stroke:#64748b,color:#0f172a`),
    `  classDef isMissing stroke-dasharray:4`,
    `  classDef isRoot stroke:${ROOT_STROKE},stroke-width:3px`,
    `  classDef isBroken stroke:${BROKEN_STROKE},stroke-width:3px`,
    ...nodes.map(nodeLine),
    ...edges.map(({ from, to, kind }) => `  ${from} ${ARROWS[kind]} ${to}`),
  ];
  return `${lines.join('\n')}\n`;
}

function nodeLine({ id, label, type, look, mark }: DrawnNode): string {
  const [open, close] = look === 'pattern' ? ['{{', '}}'] : ['[', ']'];
  const classes = [className(type), ...(look === 'missing' ? ['isMissing'] : [])];
  if (mark) classes.push(mark === 'root' ? 'isRoot' : 'isBroken');
  return [`  ${id}${open}"${escaped(label)}"${close}`, ...classes.map((name) => `  class ${id} ${name}`)].join('\n');
}

/** Begins with a word of ours, so that no type is a keyword. */
const className = (type: string): string => `type_${type.replace(/[^A-Za-z0-9]/g, '_')}`;

/** Whatever could end a text or begin anything else (directives, comments, HTML) stands as its code point. */
const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N} ._/-]/gu, (character) => `#${character.codePointAt(0)!};`);
