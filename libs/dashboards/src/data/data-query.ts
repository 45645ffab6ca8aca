import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { invalid, textProblem, type FieldProblem } from '#kernel';
import type { Request } from 'express';
import { levelProblem } from '../variables';

/** What a call for data asks, beside what the dashboard says. */
export interface DataQuery {
  from: string | undefined;
  to: string | undefined;
  /** Values of variables by their names. */
  values: ReadonlyMap<string, string>;
}

const VARIABLE = 'var-';
const LONGEST_TIME = 50;

/** The query as checked times and values. Its names depend on the dashboard, so no input class can list them. */
export const ReadDataQuery = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readDataQuery(context.switchToHttp().getRequest<Request>().query),
);

/** Says in the document what `ReadDataQuery` reads. */
export const ApiDataQuery = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'from',
      required: false,
      type: String,
      description: 'Begin, inclusive: `now-1h` (s, m, h, d), RFC 3339 or epoch milliseconds. Default: the dashboard’s',
      example: 'now-1h',
    }),
    ApiQuery({
      name: 'to',
      required: false,
      type: String,
      description: 'End, exclusive, likewise',
      example: 'now',
    }),
    ApiQuery({
      name: 'variables',
      required: false,
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' }, example: { 'var-line': 'line-1' } },
      description: 'A query `var-<name>` for each variable that is to have another value than its default',
    }),
  );

/** @throws DomainError `bad_request` with every problem. */
export function readDataQuery(query: Readonly<Record<string, unknown>>): DataQuery {
  const problems: FieldProblem[] = [];
  const values = new Map<string, string>();
  for (const [field, value] of Object.entries(query)) {
    const problem = problemOf(field, value);
    if (problem !== undefined) problems.push({ field: field.slice(0, 100), message: problem });
    else if (field.startsWith(VARIABLE)) values.set(field.slice(VARIABLE.length), value as string);
  }
  const [first, ...others] = problems;
  if (first) throw invalid(first, ...others);
  return { from: query.from as string | undefined, to: query.to as string | undefined, values };
}

function problemOf(field: string, value: unknown): string | undefined {
  const title = `${field.charAt(0).toUpperCase()}${field.slice(1, 100)}`;
  if (!/^(from|to|var-.*)$/s.test(field)) return `${title} is not a known field`;
  if (typeof value !== 'string') return `${title} must be given once, as a text`;
  const problem = field.startsWith(VARIABLE) ? levelProblem(value) : timeProblem(value);
  return problem === undefined ? undefined : `${title} ${problem}`;
}

const timeProblem = (text: string): string | undefined =>
  text === '' || text.length > LONGEST_TIME ? `must have 1 to ${LONGEST_TIME} characters` : textProblem(text);
