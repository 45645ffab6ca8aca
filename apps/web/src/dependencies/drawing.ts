/* The drawing of a graph, by cytoscape. Fetched when the first one is shown. */
import cytoscape, { type Core, type ElementDefinition, type NodeSingular, type StylesheetJson } from 'cytoscape';
import type { GraphEdge, GraphNode } from '../api/graph-types';
import { themeColor } from '../app/theme';
import { shortTopic } from '../dashboards/format';
import { entityType } from './entity-types';
import { layOut } from './layout';
import { lineKey, NODE_HEIGHT, NODE_WIDTH, type Place } from './places';

export type Drawing = Core;

export interface Drawn {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  root: string;
}

const PADDING = 28;
/** Smaller than that no name can be read. */
const LEAST_ZOOM = 0.7;
const MOST_ZOOM = 1.1;
/** In fewer pixels a whole graph cannot be read. */
const NARROW = 600;
/** Cytoscape writes a style sheet unless this id is there. No page may do that, so the id is, and the rule is in ours. */
const MARK = '__________cytoscape_stylesheet';

export function createDrawing(container: HTMLElement, onSelect: (key: string) => void): Drawing {
  if (!document.getElementById(MARK)) {
    document.head.append(Object.assign(document.createElement('meta'), { id: MARK }));
  }
  const drawing = cytoscape({
    container,
    minZoom: 0.03,
    maxZoom: 2.5,
    autoungrabify: true,
    boxSelectionEnabled: false,
    style: styles(),
  });
  drawing.on('mouseover mouseout', 'node', ({ target, type }) => {
    const over = type === 'mouseover';
    (target as NodeSingular).closedNeighborhood().toggleClass('near', over);
    container.style.cursor = over ? 'pointer' : '';
  });
  drawing.on('tap', 'node', ({ target }) => onSelect((target as NodeSingular).id()));
  return drawing;
}

/** Draws another graph in the place of what was there. */
export function draw(drawing: Drawing, { nodes, edges, root }: Drawn): void {
  const { places, bends } = layOut(nodes, edges);
  const elements: ElementDefinition[] = [
    ...nodes.map((node) => ({
      group: 'nodes' as const,
      data: { id: node.key, type: node.type, label: labelOf(node) },
      position: { ...places.get(node.key)! },
      classes: classesOf(node, root),
    })),
    ...edges.map((edge, at) => {
      const { source, target, kind } = edge;
      const bent = bendsOf(places.get(source)!, places.get(target)!, bends.get(lineKey(edge)) ?? []);
      const classes = bent ? [kind, 'bent'] : [kind];
      return { group: 'edges' as const, data: { id: `edge ${at}`, source, target, ...bent }, classes };
    }),
  ];
  drawing.batch(() => {
    drawing.elements().remove();
    drawing.add(elements);
  });
  drawing.style(styles(nodes.map(({ type }) => type)));
  show(drawing, root);
}

/** As cytoscape wants bends: how far along the straight line, and how far beside it. */
function bendsOf(from: Place, to: Place, bends: readonly Place[]) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (bends.length === 0 || length === 0) return undefined;
  const along = bends.map(({ x, y }) => ((x - from.x) * dx + (y - from.y) * dy) / length ** 2);
  const beside = bends.map(({ x, y }) => ((y - from.y) * dx - (x - from.x) * dy) / length);
  return { along, beside };
}

/** All of it, or as much as can be read of it around the root; where there is little room, wherever it begins. */
export function show(drawing: Drawing, root: string): void {
  showAll(drawing);
  if (drawing.zoom() >= LEAST_ZOOM || (root === '' && drawing.width() > NARROW)) return;
  drawing.zoom(LEAST_ZOOM);
  const middle = drawing.getElementById(root);
  if (middle.nonempty()) return void drawing.center(middle);
  drawing.center(drawing.nodes().min((node) => node.position('x')).ele);
  drawing.panBy({ x: PADDING + (NODE_WIDTH * LEAST_ZOOM - drawing.width()) / 2, y: 0 });
}

/** All of it, however small. */
export function showAll(drawing: Drawing): void {
  drawing.resize();
  drawing.fit(undefined, PADDING);
  if (drawing.zoom() > MOST_ZOOM) drawing.zoom(MOST_ZOOM);
  drawing.center();
}

/** Nearer or further, about the middle. */
export function zoomBy(drawing: Drawing, factor: number): void {
  const renderedPosition = { x: drawing.width() / 2, y: drawing.height() / 2 };
  drawing.zoom({ level: drawing.zoom() * factor, renderedPosition });
}

/** Makes those stand out whose keys are given; nothing does where none are. */
export function highlight(drawing: Drawing, keys: ReadonlySet<string> | undefined): void {
  drawing.batch(() => {
    drawing.elements().toggleClass('faint', keys !== undefined);
    keys?.forEach((key) => drawing.getElementById(key).removeClass('faint'));
  });
}

/** In the colours that the page has now. */
export function recolor(drawing: Drawing, types: readonly string[]): void {
  drawing.style(styles(types));
}

/** Of a path the last levels, which tell most. */
const labelOf = ({ type, name }: GraphNode): string =>
  type === 'topic' ? shortTopic(name).replaceAll(' / ', '/') : name;

const classesOf = ({ key, exists, pattern }: GraphNode, root: string): string[] => [
  ...(pattern ? ['pattern'] : exists ? [] : ['missing']),
  ...(key === root ? ['root'] : []),
];

function styles(types: readonly string[] = []): StylesheetJson {
  const [text, card, line, accent] = [
    themeColor('text'),
    themeColor('card'),
    themeColor('control-line'),
    themeColor('accent'),
  ];
  return [
    {
      selector: 'node',
      style: {
        width: NODE_WIDTH,
        height: NODE_HEIGHT,
        label: 'data(label)',
        'font-family': getComputedStyle(document.body).fontFamily,
        'font-size': 14,
        color: text,
        'text-valign': 'center',
        'text-halign': 'center',
        'text-wrap': 'ellipsis',
        'text-max-width': `${NODE_WIDTH - 28}px`,
        'min-zoomed-font-size': 6,
        'background-color': card,
        'border-width': 1.5,
        'overlay-opacity': 0,
      },
    },
    ...[...new Set(types)].map((type) => ({
      selector: `node[type = ${JSON.stringify(type)}]`,
      style: typeStyle(type, card),
    })),
    { selector: 'node.missing', style: { 'border-style': 'dashed', 'background-opacity': 0, 'font-style': 'italic' } },
    { selector: 'node.pattern', style: { 'border-style': 'double', 'border-width': 5, 'font-style': 'italic' } },
    { selector: 'node.root', style: { 'font-weight': 'bold', 'border-width': 3.5 } },
    {
      selector: 'edge',
      style: {
        width: 1.25,
        'curve-style': 'bezier',
        'line-color': line,
        'target-arrow-color': line,
        'target-arrow-shape': 'triangle',
        'arrow-scale': 0.8,
        opacity: 0.75,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'edge.bent',
      style: {
        'curve-style': 'round-segments',
        'edge-distances': 'node-position',
        'segment-weights': 'data(along)',
        'segment-distances': 'data(beside)',
        'segment-radii': 24,
      },
    },
    { selector: 'edge.matches', style: { 'line-style': 'dashed' } },
    { selector: 'edge.part', style: { 'target-arrow-shape': 'diamond' } },
    {
      selector: 'edge.near',
      style: { 'line-color': accent, 'target-arrow-color': accent, opacity: 1, width: 2, 'z-index': 5 },
    },
    { selector: 'node.near', style: { 'border-width': 2.5 } },
    { selector: '.faint', style: { opacity: 0.18 } },
  ] as StylesheetJson;
}

function typeStyle(type: string, card: string) {
  const { color, shape } = entityType(type);
  const ground = { 'border-color': themeColor(color), 'background-color': mix(themeColor(color), card, 0.12) };
  if (typeof shape !== 'string') return { ...ground, shape: 'polygon', 'shape-polygon-points': shape };
  return { ...ground, shape, 'corner-radius': shape === 'round-rectangle' ? NODE_HEIGHT / 2 : 8 };
}

/** So much of one colour in another; both as `#rrggbb`, which is how the style sheet has them. */
function mix(color: string, ground: string, share: number): string {
  const channel = (of: string, at: number): number => parseInt(of.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(color, at) * share + channel(ground, at) * (1 - share)));
  return `rgb(${mixed.join(', ')})`;
}

/** For paper: at once, since the browser does not wait. */
export function drawNow(drawing: Drawing, root: string): void {
  show(drawing, root);
  (drawing as Drawing & { forceRender(): void }).forceRender();
}
