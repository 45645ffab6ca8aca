/* How types of entities are told apart: by word, by colour, and by shape for those who see fewer colours. */

/** One that cytoscape knows, or the corners of another from -1 to 1: x, y, x, y. All are wide enough for a name. */
type Shape = 'rectangle' | 'round-rectangle' | 'cut-rectangle' | 'barrel' | readonly number[];

export interface EntityType {
  name: string;
  plural: string;
  /** Of the style sheet. */
  color: string;
  shape: Shape;
  /** The same for legend and lists, 24 × 14. */
  outline: string;
}

const TYPES: Readonly<Record<string, EntityType>> = {
  dashboard: {
    name: 'Dashboard',
    plural: 'Dashboards',
    color: 'series-4',
    shape: 'barrel',
    outline: 'M2 3q10-3 20 0v8q-10 3-20 0z',
  },
  pipeline: {
    name: 'Pipeline',
    plural: 'Pipelines',
    color: 'series-1',
    shape: [-1, -1, 0.86, -1, 1, 0, 0.86, 1, -1, 1],
    outline: 'M1 1h17l5 6-5 6H1z',
  },
  function: {
    name: 'Function',
    plural: 'Functions',
    color: 'series-8',
    shape: [-1, -1, 0.84, -1, 1, 1, -0.84, 1],
    outline: 'M1 1h17l5 12H6z',
  },
  connection: {
    name: 'Connection',
    plural: 'Connections',
    color: 'series-2',
    shape: [-0.86, -1, 0.86, -1, 1, 0, 0.86, 1, -0.86, 1, -1, 0],
    outline: 'M6 1h12l5 6-5 6H6L1 7z',
  },
  topic: {
    name: 'Topic',
    plural: 'Topics',
    color: 'series-3',
    shape: 'round-rectangle',
    outline: 'M7 1h10a6 6 0 0 1 0 12H7A6 6 0 0 1 7 1z',
  },
  'schema-binding': {
    name: 'Schema binding',
    plural: 'Schema bindings',
    color: 'series-7',
    shape: 'cut-rectangle',
    outline: 'M5 1h14l4 4v4l-4 4H5L1 9V5z',
  },
  model: {
    name: 'Model',
    plural: 'Models',
    color: 'series-5',
    shape: 'rectangle',
    outline: 'M1 1h22v12H1z',
  },
};

/** In the order in which they stand from left to right. */
export const TYPE_NAMES: readonly string[] = Object.keys(TYPES);

/** Modules may bring types of their own. */
export function entityType(type: string): EntityType {
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (known) return known;
  const name = (type.charAt(0).toUpperCase() + type.slice(1)).replaceAll('-', ' ');
  return {
    name,
    plural: name,
    color: 'tone-gray',
    shape: [-1, -1, 1, -1, 0.88, 0, 1, 1, -1, 1, -0.88, 0],
    outline: 'M1 1h22l-4 6 4 6H1l4-6z',
  };
}

/** Sorts types as the legend does; those of modules last. */
export function byType(a: string, b: string): number {
  const [at, other] = [TYPE_NAMES.indexOf(a), TYPE_NAMES.indexOf(b)];
  if (at >= 0 && other >= 0) return at - other;
  return at >= 0 ? -1 : other >= 0 ? 1 : a.localeCompare(b);
}

const SWAGGER: Readonly<Record<string, string>> = {
  connection: 'Connections/Connections_get',
  function: 'Connections/Functions_get',
  model: 'Models/Models_get',
  pipeline: 'Pipelines/Pipelines_get',
  'schema-binding': 'UNS%20schemas/SchemaBindings_get',
};

/** Where an entity can be looked at; nothing for what does not exist. */
export function placeOf({ type, id, name }: { type: string; id: string | null; name: string }) {
  if (id === null) return undefined;
  if (type === 'dashboard') return { href: `/dashboards/${id}`, label: 'Open the dashboard' };
  if (type === 'topic') return { href: `/explorer?topic=${encodeURIComponent(name)}`, label: 'Open in the explorer' };
  const operation = Object.hasOwn(SWAGGER, type) ? SWAGGER[type] : undefined;
  return operation === undefined
    ? undefined
    : { href: `/swagger/index.html#/${operation}`, label: 'In the API reference' };
}
