import type { FieldProblem, JsonValue } from '#kernel';
import {
  emit,
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { FieldWriter, isSafeName, pathProblem, pathProblems } from '../support/field-path';
import { firstInput, isObject, kindOf, type JsonMembers } from '../support/inputs';
import { paragraphs } from '../support/wording';
import { convert, FIELD_KINDS, type FieldKind } from './convert';

interface Field {
  name: string;
  value?: JsonValue;
  type?: FieldKind;
}

interface Parameters {
  mode?: 'manual' | 'json';
  fields?: Field[];
  jsonData?: JsonValue;
  include?: 'all' | 'none';
  ignoreTypeErrors?: boolean;
}

const fault = (message: string): NodeError => new NodeError(message, undefined, false);

@NodeType()
export class SetNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'transform.set',
    category: 'transform',
    title: 'Set',
    description: 'Adds fields to an object, changes them, or makes a new object.',
    documentation: paragraphs(
      '**manual** sets `fields` one after another. Dots in a name lead into objects, which are made where they are missing: ' +
        '`motor.rpm`; in arrays they lead to elements: `items.0.id`. A field whose value is an expression that gives ' +
        'nothing stays as it is.',
      '`type` says what the value becomes: **auto** leaves it, **string**, **number** (also of texts, and true is 1), ' +
        '**boolean** (`true`, `false`, 1, 0), **json** reads a text, **array** takes an array or reads one. What cannot be ' +
        'converted fails the node; with `ignoreTypeErrors` it is set as it is.',
      '**json** takes all members of the object `jsonData`, or of the JSON text in it.',
      'With `include` **all** the object that comes in is the start, of several inputs the first by the names of the nodes; ' +
        'nothing counts as an empty object, and anything else fails the node. With **none** the start is empty.',
      'Names may have 256 characters and 16 levels; `__proto__`, `constructor` and `prototype` are refused.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        mode: {
          type: 'string',
          enum: ['manual', 'json'],
          default: 'manual',
          description: 'Fields one by one, or JSON',
        },
        fields: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              name: { type: 'string', minLength: 1, maxLength: 256, description: 'With dots for nested fields' },
              value: { description: 'Any JSON' },
              type: { type: 'string', enum: [...FIELD_KINDS], default: 'auto', description: 'What the value becomes' },
            },
            required: ['name'],
            additionalProperties: false,
          },
          maxItems: 200,
          default: [],
          description: 'For manual',
        },
        jsonData: { description: 'For json: an object, or the text of one' },
        include: { type: 'string', enum: ['all', 'none'], default: 'all', description: 'What of the input is kept' },
        ignoreTypeErrors: { type: 'boolean', default: false, description: 'Set what cannot be converted as it is' },
      },
      additionalProperties: false,
    },
    example: {
      parameters: {
        fields: [
          { name: 'motor.rpm', value: '1450', type: 'number' },
          { name: 'line', value: '{{ $trigger.payload.line }}' },
        ],
        include: 'none',
      },
      output: { motor: { rpm: 1450 }, line: 'l1' },
    },
    pure: true,
  };

  check({ mode, fields, jsonData }: JsonObject): FieldProblem[] {
    if (mode === 'json') return jsonData === undefined ? [{ field: 'jsonData', message: 'JSON data is required' }] : [];
    const given = Array.isArray(fields) ? fields : [];
    if (given.length === 0) return [{ field: 'fields', message: 'Fields is required' }];
    return given.flatMap((field, index) => fieldProblems(field, `fields[${index}]`));
  }

  run(call: NodeCall<Parameters>): NodeResult {
    const { mode = 'manual', fields = [], jsonData, include = 'all', ignoreTypeErrors = false } = call.parameters;
    const start = include === 'all' ? included(firstInput(call)) : {};
    if (mode === 'json') return emit({ ...start, ...membersOf(jsonData) });
    const writer = new FieldWriter(start);
    for (const field of fields) set(writer, field, ignoreTypeErrors);
    return emit(writer.result);
  }
}

function fieldProblems(field: JsonValue, at: string): FieldProblem[] {
  if (!isObject(field)) return [];
  const { name, value } = field;
  return [
    ...pathProblems(name, `${at}.name`),
    ...(value === undefined ? [{ field: `${at}.value`, message: 'Value is required' }] : []),
  ];
}

function included(value: JsonValue): JsonMembers {
  if (value === null) return {};
  if (isObject(value)) return value;
  throw fault(`Only an object can be included, and what comes in is ${kindOf(value)}; set include to none`);
}

function set(writer: FieldWriter, { name, value, type = 'auto' }: Field, ignoreTypeErrors: boolean): void {
  const problem = pathProblem(name);
  if (problem !== undefined) throw fault(`Name ${problem}`);
  if (value !== undefined) writer.write(name, converted(name, value, type, ignoreTypeErrors));
}

function converted(name: string, value: JsonValue, type: FieldKind, ignoreTypeErrors: boolean): JsonValue {
  try {
    return convert(value, type);
  } catch (error) {
    if (ignoreTypeErrors) return value;
    throw fault(`${name} ${(error as TypeError).message}`);
  }
}

function membersOf(data: JsonValue | undefined): JsonMembers {
  const value = typeof data === 'string' ? converted('JSON data', data, 'json', false) : data;
  if (!isObject(value)) throw fault(`JSON data must be an object, not ${kindOf(value)}`);
  const unsafe = Object.keys(value).find((name) => !isSafeName(name));
  if (unsafe !== undefined) throw fault(`JSON data must not name ${unsafe}`);
  return value;
}
