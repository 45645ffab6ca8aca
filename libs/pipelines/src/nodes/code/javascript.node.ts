import { getLineInfo } from 'acorn';
import { LRUCache } from 'lru-cache';
import { jsonProblem, type FieldProblem } from '#kernel';
import { ExpressionError, neededBy, readScript, VARIABLES, type Mentions } from '../../expressions';
import {
  emit,
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { runScripts } from '../support/run-scripts';
import { paragraphs } from '../support/wording';

interface Parameters {
  code: string;
}

/** Of the scripts whose names are remembered, by their texts. */
const REMEMBERED_CHARACTERS = 4_000_000;
const LONGEST_CODE = 100_000;

@NodeType()
export class JavaScriptNode implements NodeType<Parameters> {
  private readonly mentions = new LRUCache<string, Mentions>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_, code) => code.length,
  });

  readonly definition: NodeDefinition = {
    type: 'code.javascript',
    category: 'code',
    title: 'JavaScript',
    description: 'Runs JavaScript on what the nodes before gave.',
    documentation: paragraphs(
      'The code is an expression, or statements with `return`: strict ECMAScript 2023, without modules, network, files, ' +
        'timers and promises. The output is `{result}`; what JSON does not know is left out of it, nothing is null. It is ' +
        'nested 64 levels deep at most.',
      `It sees ${VARIABLES.map((name) => `\`${name}\``).join(' ')}; \`$input[0]\` is what the node before gave. They are ` +
        'copies: changing them changes nothing elsewhere. Only those that the code names are handed to it, of `$node` ' +
        'those it names by `$node["Name"]`.',
      'The clock stands still at the start of the node, and random numbers come from the seed of the run: computed again, ' +
        'it gives the same. Time, memory and the size of the result are limited for the whole instance.',
      'An error fails the node, with line and column, and is not tried again: the same code with the same input would fail ' +
        'again.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        code: {
          type: 'string',
          minLength: 1,
          maxLength: LONGEST_CODE,
          'x-deferred': true,
          description: 'An expression, or statements with `return`',
        },
      },
      required: ['code'],
      additionalProperties: false,
    },
    example: {
      parameters: { code: 'const values = [3, 4];\nreturn Math.hypot(...values);' },
      output: { result: 5 },
    },
    pure: true,
  };

  check({ code }: JsonObject): FieldProblem[] {
    if (typeof code !== 'string' || code.trim() === '') return [{ field: 'code', message: 'Code is required' }];
    const message = this.problemOf(code);
    return message === undefined ? [] : [{ field: 'code', message }];
  }

  async run(call: NodeCall<Parameters>): Promise<NodeResult> {
    const { code } = call.parameters;
    const problem = this.problemOf(code);
    if (problem !== undefined) throw new NodeError(problem, { fault: 'syntax' }, false);
    const { names, values } = neededBy([this.read(code)], call.scope);
    const [result = null] = await runScripts(call, 'Code', [{ source: code, parameters: names }], values);
    const fault = jsonProblem(result);
    if (fault !== undefined) throw new NodeError(`Code: its result ${fault}`, { fault: 'output' }, false);
    return emit({ result });
  }

  private problemOf(code: string): string | undefined {
    try {
      this.read(code);
      return undefined;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { line, column } = getLineInfo(code, error.offset);
      return `Code: ${error.message} (line ${line}, column ${column + 1})`;
    }
  }

  /** @throws ExpressionError */
  private read(code: string): Mentions {
    const known = this.mentions.get(code);
    if (known) return known;
    const mentions = readScript(code);
    this.mentions.set(code, mentions);
    return mentions;
  }
}
