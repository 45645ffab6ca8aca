import type { JsonValue } from '#kernel';
import { ScriptError, type Moment, type Script } from '#platform/sandbox';
import type { Expression, Mentions, Variable } from './expression';
import { ExpressionError } from './expression-error';
import { followPath, NOT_PLAIN } from './follow-path';
import { parseTemplate, type Template } from './template';

/** What runs expressions that are more than a path. */
export interface Evaluator {
  evaluateAll(
    scripts: readonly Script[],
    values: Readonly<Record<string, JsonValue | undefined>>,
    moment: Moment,
  ): Promise<(JsonValue | undefined)[]>;
}

export type Scope = Readonly<Partial<Record<Variable, JsonValue>>>;

/** Why parameters cannot be computed, and which. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';

  constructor(
    message: string,
    /** RFC 6901: `/headers/0/value`. */
    readonly pointer: string,
    readonly expression: string,
    readonly fault: ScriptError['fault'],
    /** Within the expression. */
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
  async compute(scope: Scope, evaluator: Evaluator, moment: Moment): Promise<JsonValue> {
    if (this.places.size === 0) return this.source;
    const results = new Map<Expression, Value>();
    const rest: { place: Place; expression: Expression }[] = [];
    for (const place of this.places.values()) {
      for (const expression of expressionsOf(place.template)) {
        const value = this.plainly(place, expression, scope);
        if (value === NOT_PLAIN) rest.push({ place, expression });
        else results.set(expression, value);
      }
    }
    const values = await this.evaluate(rest, scope, evaluator, moment);
    rest.forEach(({ expression }, index) => results.set(expression, values[index]));
    return fill(this.source, '', this.places, results) ?? null;
  }

  private plainly({ pointer }: Place, { path, source }: Expression, scope: Scope): Value | typeof NOT_PLAIN {
    if (!path) return NOT_PLAIN;
    try {
      return followPath(path, scope[path.variable]);
    } catch (error) {
      throw error instanceof ScriptError ? new ParameterError(error.message, pointer, source, error.fault) : error;
    }
  }

  private async evaluate(
    rest: readonly { place: Place; expression: Expression }[],
    scope: Scope,
    evaluator: Evaluator,
    moment: Moment,
  ): Promise<Value[]> {
    const expressions = rest.map(({ expression }) => expression);
    const { names, values } = neededBy(expressions, scope);
    const scripts = expressions.map(({ source }) => ({ source, parameters: names }));
    try {
      return await evaluator.evaluateAll(scripts, values, moment);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      const { place, expression } = rest[error.index]!;
      throw new ParameterError(error.message, place.pointer, expression.source, error.fault, error.position);
    }
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
    throw new ParameterError(`${error.message} at character ${error.offset + 1}`, pointer, text, 'syntax');
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
    return place ? valueOf(place.template, results) : value;
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

function valueOf({ parts, whole }: Template, results: Map<Expression, Value>): Value {
  if (whole) return results.get(parts[0] as Expression);
  return parts.map((part) => (typeof part === 'string' ? part : textOf(results.get(part)))).join('');
}

/** A value inside a text: nothing for what is missing, JSON for objects and arrays. */
function textOf(value: Value): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
