import type { JsonValue } from '#kernel';
import { ScriptError, type EvaluationOptions, type Moment, type Script } from '#platform/sandbox';
import type { Expression, Mentions } from './expression';
import { ExpressionError } from './expression-error';
import { NOT_PLAIN } from './plain';
import { parseTemplate, type Template } from './template';
import type { Scope, Variable } from './variables';

/** What runs JavaScript. */
export interface Evaluator {
  evaluateAll(
    scripts: readonly Script[],
    values: Readonly<Record<string, JsonValue | undefined>>,
    moment: Moment,
    options?: EvaluationOptions,
  ): Promise<(JsonValue | undefined)[]>;
}

/** Characters of a text with expressions in it, as of all that a script gives. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Why parameters cannot be computed, and which. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';

  constructor(
    message: string,
    /** RFC 6901: `/headers/0/value`. */
    readonly pointer: string,
    /** For one that cannot be read, the text it stands in. */
    readonly expression: string,
    readonly fault: ScriptError['fault'],
    /** Within the expression, both from 1. Nothing where the interpreter does not know. */
    readonly position?: ScriptError['position'],
  ) {
    super(message);
  }
}

interface Place {
  pointer: string;
  template: Template;
}

type Value = JsonValue | undefined;

/** A node's parameters with the expressions in their texts read once, to be computed with every run. */
export class Parameters {
  private readonly places = new Map<string, Place>();

  /**
   * @param parse finds the expressions of the text at a pointer.
   * @throws ParameterError for the first expression that cannot be read.
   */
  constructor(
    private readonly source: JsonValue,
    parse: (text: string, pointer: string) => Template | undefined = parseTemplate,
  ) {
    for (const [pointer, text] of textsOf(source)) {
      const template = read(pointer, text, parse);
      if (template) this.places.set(pointer, { pointer, template });
    }
  }

  /** All expressions, for those who ask what the node depends on. */
  get expressions(): Expression[] {
    return [...this.places.values()].flatMap(({ template }) => expressionsOf(template));
  }

  /** @throws ParameterError; DomainError `unavailable` of the evaluator. */
  async compute(scope: Scope, evaluator: Evaluator, moment: Moment, options?: EvaluationOptions): Promise<JsonValue> {
    if (this.places.size === 0) return this.source;
    const results = new Map<Expression, Value>();
    const rest: PlacedExpression[] = [];
    for (const place of this.places.values()) {
      for (const expression of expressionsOf(place.template)) {
        const value = expression.plain ? expression.plain(scope) : NOT_PLAIN;
        if (value === NOT_PLAIN) rest.push({ place, expression });
        else results.set(expression, value);
      }
    }
    const values = await evaluate(rest, scope, (scripts, values) =>
      evaluator.evaluateAll(scripts, values, moment, options),
    );
    rest.forEach(({ expression }, index) => results.set(expression, values[index]));
    return fill(this.source, '', this.places, results) ?? null;
  }
}

interface PlacedExpression {
  place: Place;
  expression: Expression;
}

async function evaluate(
  placed: readonly PlacedExpression[],
  scope: Scope,
  run: (scripts: Script[], values: Scope) => Promise<Value[]>,
): Promise<Value[]> {
  const scripts = placed.map(({ expression: { source, variables } }) => ({ source, parameters: [...variables] }));
  try {
    const expressions = placed.map(({ expression }) => expression);
    return await run(scripts, neededBy(expressions, scope).values);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const { place, expression } = placed[error.index]!;
    throw new ParameterError(error.message, place.pointer, expression.source, error.fault, error.position);
  }
}

function read(
  pointer: string,
  text: string,
  parse: (text: string, pointer: string) => Template | undefined,
): Template | undefined {
  try {
    return parse(text, pointer);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { message, offset } = error;
    throw new ParameterError(message, pointer, text, 'syntax', positionOf(text, offset));
  }
}

const expressionsOf = ({ parts }: Template): Expression[] => parts.filter((part) => typeof part !== 'string');

/** The variables that some of them name, and of `$node` the nodes they mention: nothing more crosses to the interpreter. */
export function neededBy(expressions: readonly Mentions[], scope: Scope): { names: Variable[]; values: Scope } {
  const names = [...new Set(expressions.flatMap(({ variables }) => [...variables]))];
  const values = Object.fromEntries(names.map((name) => [name, scope[name]])) as Record<Variable, JsonValue>;
  const all = values.$node;
  if (all && typeof all === 'object' && !Array.isArray(all) && !expressions.some(({ anyNode }) => anyNode)) {
    const mentioned = new Set(expressions.flatMap(({ nodes }) => nodes.map(({ name }) => name)));
    values.$node = Object.fromEntries(Object.entries(all).filter(([name]) => mentioned.has(name)));
  }
  return { names, values };
}

/** A step of a pointer (RFC 6901). */
export const escaped = (key: string | number): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

function* textsOf(value: JsonValue, pointer = ''): Generator<[pointer: string, text: string]> {
  if (typeof value === 'string') yield [pointer, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* textsOf(member, `${pointer}/${escaped(key)}`);
  }
}

/** The parameters with results in the places of expressions; members whose result is undefined are left out. */
function fill(value: JsonValue, pointer: string, places: Map<string, Place>, results: Map<Expression, Value>): Value {
  if (typeof value === 'string') {
    const place = places.get(pointer);
    return place ? valueOf(place, results) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((member, index) => fill(member, `${pointer}/${index}`, places, results) ?? null);
  const members = Object.entries(value).map(([key, member]) => [
    key,
    fill(member, `${pointer}/${escaped(key)}`, places, results),
  ]);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined)) as JsonValue;
}

/** @throws ParameterError `output` */
function valueOf({ pointer, template: { parts, whole } }: Place, results: Map<Expression, Value>): Value {
  if (whole) return results.get(parts[0] as Expression);
  let text = '';
  for (const part of parts) {
    text += typeof part === 'string' ? part : textOf(results.get(part));
    if (text.length > LONGEST_TEXT) throw new ParameterError('Its text is too long', pointer, sourceOf(part), 'output');
  }
  return text;
}

const sourceOf = (part: string | Expression): string => (typeof part === 'string' ? part : part.source);

function positionOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** A value inside a text: nothing for what is missing, JSON for objects and arrays. */
function textOf(value: Value): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
