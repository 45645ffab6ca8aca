import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { DomainError, invalid, jsonProblem, textProblem, type FieldProblem, type JsonValue } from '#kernel';

/** Input classes are checked as a whole; unknown fields are refused, not dropped. */
const RULES = { whitelist: true, forbidNonWhitelisted: true, validationError: { target: false, value: true } };

export const validationPipe = (): ValidationPipe =>
  new InputPipe({
    transform: true,
    ...RULES,
    exceptionFactory: (errors) => problemsToError(errors.flatMap((error) => problemsOf(error))),
  });

/** Checks what did not come as a body by the rules of one. @throws DomainError `bad_request` with every problem. */
export const checkInput = <T>(type: new () => T, value: object): Promise<T> =>
  validationPipe().transform(value, { type: 'body', metatype: type }) as Promise<T>;

/** Judges by the same rules and throws nothing: the input is sound where there are no problems. */
export function judgeInput<T extends object>(
  type: new () => T,
  value: { [name: string]: JsonValue },
): { input: T; problems: FieldProblem[] } {
  const unusable = unusableIn(value);
  if (unusable) return { input: new type(), problems: [unusable] };
  const input = plainToInstance(type, JSON.parse(JSON.stringify(value), withoutPrototypes));
  const errors = validateSync(input, { forbidUnknownValues: false, ...RULES });
  return { input, problems: errors.flatMap((error) => problemsOf(error)).slice(0, MOST_PROBLEMS) };
}

const STANDING = Symbol('as it stands');

/**
 * A field whose members have names that callers choose, any number of them: it has to be a JSON object, and is taken as it
 * stands. No other rule holds for it.
 */
export const AsItStands = (): PropertyDecorator => (target, field) =>
  Reflect.defineMetadata(STANDING, [...standingIn(target), field as string], target);

const standingIn = (prototype: object): readonly string[] =>
  (Reflect.getMetadata(STANDING, prototype) as string[] | undefined) ?? [];

/** An input without those fields, and these. @throws DomainError `bad_request` for one that is no object. */
function apart(value: object, fields: readonly string[]): { others: object; standing?: object } {
  if (fields.length === 0) return { others: value };
  const [standing, others] = [new Map<string, unknown>(), new Map<string, unknown>()];
  for (const [field, content] of Object.entries(value)) {
    (fields.includes(field) ? standing : others).set(field, content);
  }
  for (const [field, content] of standing) {
    const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
    const problem = isObject ? jsonProblem(content) : 'must be an object';
    if (problem) throw invalid({ field, message: `${fieldTitle(field)} ${problem}` });
  }
  return { others: Object.fromEntries(others), standing: Object.fromEntries(standing) };
}

/** Names that class-transformer would take for what they are called; the pipe leaves them out, too. */
const withoutPrototypes = (name: string, value: unknown): unknown =>
  ['__proto__', 'constructor', 'prototype'].includes(name) ? undefined : value;

/** class-transformer compares every name in an object with every other: a hundred thousand would take it seconds. */
const MOST_MEMBERS = 1_000;
/** Problems that are told of one input. */
const MOST_PROBLEMS = 100;

function isCrowded(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return (parts.length > MOST_MEMBERS && !Array.isArray(value)) || parts.some(isCrowded);
}

/** Before any rule of a field: what no database column could keep unchanged is refused by name, and found in no path. */
class InputPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'param' && typeof value === 'string') {
      const problem = textProblem(value);
      if (problem) throw new DomainError('not_found', `Not found: ${fieldTitle(metadata.data ?? 'path')} ${problem}`);
    }
    if (!this.toValidate(metadata) || typeof value !== 'object') return super.transform(value, metadata);
    const { others, standing } = apart(
      value ?? {},
      standingIn((metadata.metatype as new () => object).prototype as object),
    );
    const unusable = unusableIn(others);
    if (unusable) throw invalid(unusable);
    const input = (await super.transform(value === null ? null : others, metadata)) as object;
    return standing ? Object.assign(input, standing) : input;
  }
}

function unusableIn(value: object | null): FieldProblem | undefined {
  for (const [field, content] of Object.entries(value ?? {})) {
    const problem = textProblem(field) ?? jsonProblem(content);
    if (problem) return { field, message: `${fieldTitle(field)} ${problem}` };
  }
  return isCrowded(value) ? { field: '', message: `Objects must have at most ${MOST_MEMBERS} fields` } : undefined;
}

function problemsToError(problems: FieldProblem[]): DomainError {
  const [first, ...others] = problems.slice(0, MOST_PROBLEMS);
  return first ? invalid(first, ...others) : new DomainError('bad_request', 'Body must be a JSON object');
}

function problemsOf(error: ValidationError, parent = ''): FieldProblem[] {
  const field = parent ? `${parent}.${error.property}` : error.property;
  const constraints = error.constraints ?? {};
  const own = Object.keys(constraints).length > 0 ? [{ field, message: wording(error, constraints) }] : [];
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, field))];
}

/** `firstName` → `First name`: field names as people write them. */
export function fieldTitle(field: string): string {
  const words = field.replace(
    /([a-z\d])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Where a value breaks several rules at once, the most basic one is the news.
const BASIC_FIRST = ['isString', 'isBoolean', 'isInt', 'isNumber', 'isArray', 'isObject', 'isIn'];

function wording(error: ValidationError, constraints: Record<string, string>): string {
  const title = fieldTitle(error.property);
  const codes = Object.keys(constraints);
  if (codes.includes('whitelistValidation')) return `${title} is not a known field`;
  // A missing field breaks all its rules at once; only that it is missing is news.
  if (error.value === undefined || error.value === null || codes.includes('isNotEmpty')) return `${title} is required`;
  const code = BASIC_FIRST.find((basic) => codes.includes(basic)) ?? codes[0]!;
  const text = constraints[code]!;
  return text.startsWith(error.property) ? title + text.slice(error.property.length) : `${title}: ${text}`;
}
