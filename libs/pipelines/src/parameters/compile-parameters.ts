import type { Moment } from '#platform/sandbox';
import {
  parseExpression,
  parseTemplate,
  Parameters,
  type Evaluator,
  type Expression,
  type Scope,
} from '../expressions';
import { NodeError, type JsonObject, type NodeDefinition } from '../node-types';
import { withDefaults } from './defaults';
import { kindOf, placesOf, type TextKind } from './places';
import { validatorOf } from './validators';

/** A node's parameters, read once, to be computed with every call of the node. */
export class CompiledParameters {
  /** All expressions, those that the node itself computes included: what it depends on. Code is not looked into. */
  readonly expressions: readonly Expression[];
  /** Parameters that the node is given as they stand. */
  private readonly deferred: JsonObject;
  private readonly computed: Parameters;
  private readonly isConstant: boolean;
  private result: JsonObject | undefined;

  /** @throws ParameterError for the first expression that cannot be read. */
  constructor(
    private readonly definition: NodeDefinition,
    parameters: JsonObject,
  ) {
    const schema = definition.parameters;
    const complete = withDefaults(schema, parameters);
    const kinds = new Map<string, TextKind>();
    for (const place of placesOf(schema, complete)) kinds.set(place.pointer, kindOf(place));
    const [deferred, computed] = partition(complete, (name) => schema.properties[name]?.['x-deferred'] === true);
    const parse = (text: string, pointer: string) =>
      kinds.get(pointer) === 'expression' ? parseExpression(text) : parseTemplate(text);
    this.deferred = deferred;
    this.computed = new Parameters(computed, parse);
    const later = new Parameters(deferred, (text, pointer) =>
      kinds.get(pointer) === 'expression' ? parseExpression(text) : undefined,
    );
    this.expressions = [...this.computed.expressions, ...later.expressions];
    this.isConstant = this.computed.expressions.length === 0;
  }

  /**
   * The parameters as the node gets them: computed, with the defaults of the schema, and fitting it. Not to be changed:
   * where there is nothing to compute, every call gets the same.
   *
   * @throws ParameterError for an expression that fails; NodeError with everything that does not fit the schema, under
   * `problems` in its details; DomainError `unavailable` of the evaluator.
   */
  async compute(scope: Scope, evaluator: Evaluator, moment: Moment): Promise<JsonObject> {
    if (this.result) return this.result;
    const computed = (await this.computed.compute(scope, evaluator, moment)) as JsonObject;
    const result = { ...computed, ...this.deferred };
    const problems = validatorOf(this.definition).problems(result);
    if (problems.length > 0) {
      const details = { problems: problems.map(({ field, message }) => ({ field, message })) };
      throw new NodeError(`Parameters do not fit: ${problems[0]!.message}`, details, false);
    }
    if (this.isConstant) this.result = result;
    return result;
  }
}

const compiled = new WeakMap<NodeDefinition, WeakMap<JsonObject, CompiledParameters>>();

/**
 * Reads a node's parameters. The same object is read once, as long as it is there: versions of pipelines never change,
 * and neither must what is given here. @throws ParameterError for the first expression that cannot be read.
 */
export function compileParameters(definition: NodeDefinition, parameters: JsonObject): CompiledParameters {
  const ofType = compiled.get(definition) ?? new WeakMap<JsonObject, CompiledParameters>();
  compiled.set(definition, ofType);
  const known = ofType.get(parameters);
  if (known) return known;
  const made = new CompiledParameters(definition, parameters);
  ofType.set(parameters, made);
  return made;
}

function partition(object: JsonObject, takes: (name: string) => boolean): [JsonObject, JsonObject] {
  const entries = Object.entries(object);
  return [
    Object.fromEntries(entries.filter(([name]) => takes(name))),
    Object.fromEntries(entries.filter(([name]) => !takes(name))),
  ];
}
