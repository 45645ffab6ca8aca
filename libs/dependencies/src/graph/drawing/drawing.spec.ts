import { Graphviz } from '@hpcc-js/wasm-graphviz';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import type { GraphView } from '../../dto/graph.dto';
import { toDot } from './dot';
import { toMermaid } from './mermaid';

const HOSTILE = [
  'plain',
  '"]; click n0 "javascript:alert(1)" %%{init: {"theme": "dark"}}%%',
  '<script>alert(1)</script> &lt;b&gt; &#34;',
  '\\" \\N \\l \\',
  '`**markdown**`',
  'end',
  'n1 --> n2; subgraph x',
  'line\nbreak\r\t\u2028\u202e',
  '#quot; #35; ::: style:#fff; classDef x fill:#f00;',
  '{{x}} [[y]] ((z)) @{ shape: rect }',
  '---\ntitle: x\n---',
  'Ünïcode 温度 😀',
  '',
];

const graphOf = (names: readonly string[], type = 'pipeline'): GraphView => ({
  revision: 1,
  nodes: names.map((name, n) => ({
    key: `${type}:${n}`,
    type,
    id: null,
    name,
    exists: n % 2 === 0,
    pattern: n % 3 === 0,
  })),
  edges: names.slice(1).map((_, n) => ({
    source: `${type}:${n}`,
    target: `${type}:${n + 1}`,
    kind: (['uses', 'part', 'matches'] as const)[n % 3]!,
    via: [],
  })),
  unresolved: [],
  truncated: false,
});

describe('a drawing', () => {
  afterAll(() => Graphviz.unload());

  it('in Mermaid is a flowchart to Mermaid, whatever things are called', async () => {
    const { window } = new JSDOM('');
    // Mermaid takes its window when it is loaded.
    Object.assign(globalThis, { window, document: window.document });
    const { default: mermaid } = await import('mermaid');
    const drawing = { graph: graphOf(HOSTILE), root: 'pipeline:0', broken: ['pipeline:1'] };
    const text = toMermaid(drawing);
    expect(await mermaid.parse(text)).toMatchObject({ diagramType: 'flowchart-v2' });
    // A line for each thing that we say, none that begins with anything else, and texts that end where they should.
    const lines = text.trimEnd().split('\n').slice(5);
    const said =
      /^ {2}(?:n\d+(?:\[|\{\{)"[^"%`<>&;]*(?:#\d+;[^"%`<>&;]*)*"(?:\]|\}\})|class n\d+ \w+|n\d+ (?:-->|--o|-\.->) n\d+)$/;
    expect(lines.filter((line) => !said.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes('"'))).toHaveLength(HOSTILE.length);
    expect(lines.filter((line) => / -.* /.test(line) && !line.includes('"'))).toHaveLength(HOSTILE.length - 1);
  });

  it('in Mermaid is one for whatever people write', async () => {
    const { default: mermaid } = await import('mermaid');
    const anything = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(anything, fc.string({ minLength: 1 }), async (names, type) => {
        await mermaid.parse(toMermaid({ graph: graphOf(names, type) }));
      }),
      { numRuns: 50 },
    );
  });

  it('in DOT is a graph to Graphviz, whatever things are called', async () => {
    const graphviz = await Graphviz.load();
    const drawing = { graph: graphOf(HOSTILE), root: 'pipeline:0', broken: ['pipeline:1'] };
    const { objects, edges } = JSON.parse(graphviz.dot(toDot(drawing), 'dot_json')) as {
      objects: { name: string }[];
      edges: object[];
    };
    expect(objects.map(({ name }) => name)).toEqual(HOSTILE.map((_, n) => `n${n}`));
    expect(edges).toHaveLength(HOSTILE.length - 1);
    const shown = new JSDOM(graphviz.dot(toDot(drawing)), { contentType: 'image/svg+xml' }).window.document;
    expect(shown.querySelectorAll('script, a')).toHaveLength(0);
    expect(shown.querySelector('#node2 text')!.textContent).toBe(`pipeline: ${HOSTILE[1]}`);
    expect(shown.querySelector('#node3 text')!.textContent).toBe(`pipeline: ${HOSTILE[2]}`);
  });
});
