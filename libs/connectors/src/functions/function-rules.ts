import { type FieldProblem } from '#kernel';
import type { JsonObject, KnownFunctionType } from '../protocols';
import { declarationProblems, type FunctionParameter } from './parameters';
import { placedTexts } from './places';

/** What is wrong with a function as it is to be kept. Fields as in its input: `config.path`, `parameters[0].name`. */
export function functionProblems(
  type: KnownFunctionType,
  config: JsonObject,
  parameters: readonly FunctionParameter[],
): FieldProblem[] {
  const places = placedTexts(config);
  const declared = new Set(parameters.map(({ name }) => name));
  const undeclared = places.flatMap(({ field, parameters: names }) =>
    names
      .filter((name) => !declared.has(name))
      .map((name) => ({ field: `config.${field}`, message: `Parameter ${name} is used in ${field} but not declared` })),
  );
  // What stands where a value is to come is judged when it has come.
  const open = new Set(places.filter(({ whole }) => whole).map(({ field }) => field));
  const bySchema = type.schemaProblems(config).filter(({ field }) => !open.has(field));
  const own = bySchema.length > 0 ? bySchema : (type.definition.check?.(config) ?? []);
  return [
    ...declarationProblems(parameters),
    ...undeclared,
    ...own.map(({ field, message }) => ({ field: field ? `config.${field}` : 'config', message })),
  ];
}
