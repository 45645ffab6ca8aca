import type { JsonSchema } from '#platform/json-schema';
import type { PanelOptions, PanelType } from '../dashboard-content';

export interface PanelTypeDefinition {
  type: PanelType;
  title: string;
  description: string;
  /**
   * What a query without an aggregate gives: every record of the time shown, or the last one before its end. With an
   * aggregate and no bucket the first gives many buckets, the second one of the whole time.
   */
  shows: 'history' | 'latest' | 'nothing';
  /** JSON Schema (draft 2020-12) of the options. */
  options: Exclude<JsonSchema, boolean>;
  /** Options. */
  example: PanelOptions;
}

const LONGEST_TEXT = 20_000;

// Pages put it into styles: names and hexadecimal numbers alone.
const color: JsonSchema = {
  type: 'string',
  pattern: '^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|[a-z]{3,30})$',
  description: 'A CSS color: a name, or #rgb or #rrggbb',
};

const unit: JsonSchema = { type: 'string', maxLength: 50, description: 'Unit of measurement, written behind values' };

const decimals: JsonSchema = { type: 'integer', minimum: 0, maximum: 10, description: 'Digits behind the point' };

const scale = {
  min: { type: 'number', description: 'Least value of the scale. Without it, that of the values' },
  max: { type: 'number', description: 'Greatest value of the scale. Without it, that of the values' },
} satisfies Record<string, JsonSchema>;

const thresholds: JsonSchema = {
  type: 'array',
  maxItems: 20,
  description: 'Colors of values from a number on',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['value', 'color'],
    properties: { value: { type: 'number' }, color },
  },
};

const mappings: JsonSchema = {
  type: 'array',
  maxItems: 100,
  description: 'What is shown in place of single values',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['value'],
    properties: {
      value: { type: ['string', 'number', 'boolean', 'null'], maxLength: 200 },
      label: { type: 'string', maxLength: 200 },
      color,
    },
  },
};

const legend: JsonSchema = { type: 'boolean', default: true, description: 'Whether series are named below' };

const stacked: JsonSchema = { type: 'boolean', default: false, description: 'Whether series stand upon one another' };

const columns: JsonSchema = {
  type: 'array',
  maxItems: 20,
  description: 'Fields of object values, a column each. Without them: the value',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['field'],
    properties: {
      field: { type: 'string', minLength: 1, maxLength: 500, description: 'With dots for nested ones' },
      label: { type: 'string', maxLength: 200 },
      unit,
      decimals,
    },
  },
};

const optionsOf = (properties: Record<string, JsonSchema>, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const CHART = { unit, decimals, ...scale, thresholds, legend };
const LIMITS = [
  { value: 0, color: 'green' },
  { value: 80, color: '#d32f2f' },
];

/** What panels can be. */
export const PANEL_TYPE_DEFINITIONS: Readonly<Record<PanelType, PanelTypeDefinition>> = {
  line: {
    type: 'line',
    title: 'Line chart',
    description: 'Numbers over time, a line for each series.',
    shows: 'history',
    options: optionsOf({ ...CHART, stacked }),
    example: { unit: '°C', decimals: 1, thresholds: LIMITS, legend: true },
  },
  bar: {
    type: 'bar',
    title: 'Bar chart',
    description: 'Numbers over time, a bar for each bucket: for counts and sums.',
    shows: 'history',
    options: optionsOf({ ...CHART, stacked }),
    example: { unit: 'pcs', decimals: 0, stacked: true },
  },
  area: {
    type: 'area',
    title: 'Area chart',
    description: 'Numbers over time, filled down to the axis.',
    shows: 'history',
    options: optionsOf({ ...CHART, stacked }),
    example: { unit: 'kW', stacked: true, min: 0 },
  },
  stat: {
    type: 'stat',
    title: 'Single value',
    description: 'The last value, large; or one aggregate of the whole time.',
    shows: 'latest',
    options: optionsOf({ unit, decimals, thresholds, mappings }),
    example: { unit: 'bar', decimals: 2, thresholds: LIMITS },
  },
  gauge: {
    type: 'gauge',
    title: 'Gauge',
    description: 'The last number on a scale; or one aggregate of the whole time.',
    shows: 'latest',
    options: optionsOf({ unit, decimals, ...scale, thresholds }),
    example: { unit: '%', min: 0, max: 100, thresholds: LIMITS },
  },
  table: {
    type: 'table',
    title: 'Table',
    description: 'The last value of each series, with its time: a row each.',
    shows: 'latest',
    options: optionsOf({ unit, decimals, thresholds, mappings, columns }),
    example: { columns: [{ field: 'motor.rpm', label: 'Speed', unit: '1/min', decimals: 0 }] },
  },
  'state-timeline': {
    type: 'state-timeline',
    title: 'State timeline',
    description: 'Which state was when, a band for each series.',
    shows: 'history',
    options: optionsOf({ mappings, legend }),
    example: { mappings: [{ value: 'running', label: 'Running', color: 'green' }] },
  },
  text: {
    type: 'text',
    title: 'Text',
    description: 'Markdown for people. It has no queries.',
    shows: 'nothing',
    options: optionsOf({ text: { type: 'string', maxLength: LONGEST_TEXT, description: 'Markdown' } }),
    example: { text: '## Line 1\n\nCall **4711** when the pressure falls.' },
  },
};
