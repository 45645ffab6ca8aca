import type { JsonValue } from '#kernel';
import { emit, NodeError, NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { kindOf, requireItems } from '../support/inputs';
import { INPUT_BEFORE } from '../support/schema';
import { paragraphs } from '../support/wording';
import { formatCsv, parseCsv } from './csv-text';

interface Parameters {
  direction: 'parse' | 'format';
  value?: JsonValue;
  delimiter?: string;
  header?: boolean;
}

@NodeType()
export class CsvNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'transform.csv',
    category: 'transform',
    title: 'CSV',
    description: 'Reads CSV into rows, or writes rows as CSV (RFC 4180).',
    documentation: paragraphs(
      '**parse** takes a text and gives an array: of objects with the names of the first row, or, without `header`, of ' +
        'arrays. All values are texts; `transform.set` converts them. Empty lines are left out. A row with more or fewer ' +
        'fields than the first, a column without a name and two of the same name fail the node.',
      '**format** takes an array of objects and gives a text with their names, in the order in which they are met, ahead ' +
        '(not without `header`); of arrays, each is a row. Lines end with CR LF. Null and what is missing are empty; ' +
        'objects and arrays in a field are JSON.',
      'At most 100,000 rows, 1,000 columns and 2,000,000 characters.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        direction: {
          type: 'string',
          enum: ['parse', 'format'],
          description: 'From text to rows, or from rows to text',
        },
        value: { default: INPUT_BEFORE, description: 'The text, or the rows' },
        delimiter: {
          type: 'string',
          pattern: '^[^"\\r\\n]$',
          default: ',',
          description: 'One character between fields, no quote and no end of line',
        },
        header: { type: 'boolean', default: true, description: 'Whether the first row has the names of the fields' },
      },
      required: ['direction'],
      additionalProperties: false,
    },
    example: {
      parameters: { direction: 'parse', value: 'line;speed\nl1;10\nl2;20\n', delimiter: ';' },
      output: [
        { line: 'l1', speed: '10' },
        { line: 'l2', speed: '20' },
      ],
    },
    pure: true,
  };

  run({ parameters: { direction, value, delimiter = ',', header = true } }: NodeCall<Parameters>): NodeResult {
    const form = { delimiter, header };
    if (direction === 'format') return emit(formatCsv(requireItems(value, 'Value'), form));
    if (typeof value !== 'string') throw new NodeError(`Value must be a text, not ${kindOf(value)}`, undefined, false);
    return emit(parseCsv(value, form));
  }
}
