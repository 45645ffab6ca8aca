import { invalid, type FieldProblem, type JsonValue } from '#kernel';
import { PARAMETER_NAME } from './places';

export const PARAMETER_TYPES = ['string', 'number', 'boolean', 'object', 'array'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** What callers of a function give it. */
export interface FunctionParameter {
  name: string;
  type: ParameterType;
  required: boolean;
  default?: JsonValue;
  description?: string;
}

/** Parameters as they are kept of what somebody gives. */
export const declared = (
  parameters: readonly (Omit<FunctionParameter, 'required'> & { required?: boolean })[],
): FunctionParameter[] =>
  parameters.map(({ name, type, required, default: preset, description }) => ({
    name,
    type,
    required: required ?? (preset === undefined || preset === null),
    ...(preset !== undefined && preset !== null && { default: preset }),
    ...(description !== undefined && description !== null && { description }),
  }));

const FITS: Record<ParameterType, (value: JsonValue) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: (value) => Array.isArray(value),
};

const ARTICLE: Record<ParameterType, string> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
  array: 'an array',
};

/** What does not fit together in declared parameters. */
export function declarationProblems(parameters: readonly FunctionParameter[]): FieldProblem[] {
  const names = parameters.map(({ name }) => name);
  return parameters.flatMap(({ name, type, default: preset }, index) => {
    const place = `parameters[${index}]`;
    return [
      ...(PARAMETER_NAME.test(name)
        ? []
        : [{ field: `${place}.name`, message: `Name ${name} must be letters, digits and _, a letter or _ first` }]),
      ...(names.indexOf(name) < index
        ? [{ field: `${place}.name`, message: `Name ${name} is given to two parameters` }]
        : []),
      ...(preset !== undefined && !FITS[type](preset)
        ? [{ field: `${place}.default`, message: `Default of ${name} must be ${ARTICLE[type]}` }]
        : []),
    ];
  });
}

/**
 * The values of a call by name, with defaults. A null is no value.
 * @throws DomainError `bad_request` naming every parameter that is missing, unknown or of a wrong type.
 */
export function parameterValues(
  declared: readonly FunctionParameter[],
  given: { [name: string]: JsonValue },
): Map<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  const problems: FieldProblem[] = [];
  const refuse = (name: string, message: string): void =>
    void problems.push({ field: `parameters.${name}`, message: `Parameter ${name} ${message}` });
  for (const { name, type, required, default: preset } of declared) {
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    const value = own ?? preset;
    if (value === undefined || value === null) {
      if (required) refuse(name, 'is required');
    } else if (!FITS[type](value)) refuse(name, `must be ${ARTICLE[type]}`);
    else values.set(name, value);
  }
  const known = new Set(declared.map(({ name }) => name));
  for (const name of Object.keys(given)) if (!known.has(name)) refuse(name, 'is not known');
  const [first, ...others] = problems;
  if (first) throw invalid(first, ...others);
  return values;
}
