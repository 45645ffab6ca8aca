import { BROKEN_STROKE, drawn, fillOf, ROOT_STROKE, type DrawnEdge, type DrawnNode, type Drawing } from './drawing';

const ARROWS: Readonly<Record<DrawnEdge['kind'], string>> = {
  uses: '',
  part: ' [arrowhead=odiamond]',
  matches: ' [style=dashed]',
};

/** The graph in Graphviz' language. */
export function toDot(drawing: Drawing): string {
  const { nodes, edges } = drawn(drawing);
  const lines = [
    'digraph dependencies {',
    '  rankdir=LR',
    '  node [shape=box style="filled,rounded" fontname="sans-serif"]',
    ...nodes.map((node) => `  ${node.id} [${attributes(node)}]`),
    ...edges.map(({ from, to, kind }) => `  ${from} -> ${to}${ARROWS[kind]}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function attributes({ label, type, look, mark }: DrawnNode): string {
  const stated = [`label="${escaped(label)}"`, `fillcolor="${fillOf(type)}"`];
  if (look === 'pattern') stated.push('shape=hexagon');
  if (look === 'missing') stated.push('style="filled,rounded,dashed"');
  if (mark) stated.push(`color="${mark === 'root' ? ROOT_STROKE : BROKEN_STROKE}"`, 'penwidth=3');
  return stated.join(' ');
}

/** In labels a backslash begins an escape, and `&` a name of HTML. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
