import 'reflect-metadata';
import type { Type as ClassType } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { DomainError, type FieldProblem, type JsonValue } from '#kernel';
import { ListQuery } from './list-query.dto';
import { fieldTitle, judgeInput, validationPipe } from './validation';

class Part {
  @IsString()
  @IsNotEmpty()
  firstName!: string;
}

class Input {
  @IsString()
  @IsNotEmpty()
  @MaxLength(5)
  name!: string;

  @IsOptional()
  @IsIn(['a', 'b'])
  kind?: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @IsInt()
  retryCount?: number;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[];
}

const pipe = validationPipe();

const read = (input: unknown, metatype: ClassType, type: 'body' | 'query' = 'body'): Promise<object> =>
  pipe.transform(input, { type, metatype }) as Promise<object>;

async function refusal(input: unknown): Promise<DomainError> {
  const error = await read(input, Input).then(
    (result) => new Error(`passed: ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw error;
  expect(error.kind).toBe('bad_request');
  return error;
}

describe('validationPipe', () => {
  it('gives an instance of the class', async () => {
    const result = await read({ name: 'a', parts: [{ firstName: 'b' }] }, Input);
    expect(result).toBeInstanceOf(Input);
    expect((result as Input).parts![0]).toBeInstanceOf(Part);
  });

  it.each<[unknown, string]>([
    [{}, 'Name is required'],
    [undefined, 'Name is required'],
    [null, 'Name is required'],
    [{ name: null }, 'Name is required'],
    [{ name: '' }, 'Name is required'],
    [{ name: 5 }, 'Name must be a string'],
    [{ name: 'abcdef' }, 'Name must be shorter than or equal to 5 characters'],
    [{ name: 'a', kind: 'c' }, 'Kind must be one of the following values: a, b'],
    [{ name: 'a', enabled: 'yes' }, 'Enabled must be a boolean value'],
    [{ name: 'a', retryCount: '5' }, 'Retry count must be an integer number'],
    [{ name: 'a', parts: {} }, 'Parts must be an array'],
    [{ name: 'a', unknownThing: 1 }, 'Unknown thing is not a known field'],
    [{ name: 'a', parts: [{ firstName: '' }] }, 'First name is required'],
    [{ name: 'a', parts: [{ firstName: 'b', other: 1 }] }, 'Other is not a known field'],
    [{ name: 'a\0' }, 'Name contains the NUL character'],
    [{ name: '\ud800' }, 'Name is not valid Unicode'],
  ])('refuses %j: %s', async (input, message) => {
    expect((await refusal(input)).message).toBe(message);
  });

  it('names every problem by the path of its field', async () => {
    expect((await refusal({ kind: 1, parts: [{ firstName: 'b' }, {}] })).details).toEqual([
      { field: 'name', message: 'Name is required' },
      { field: 'kind', message: 'Kind must be one of the following values: a, b' },
      { field: 'parts.1.firstName', message: 'First name is required' },
    ]);
  });

  it.each([[[]], [[{ name: 'a' }]], [5], [true], ['text'], ['']])('refuses the body %j', async (body) => {
    expect(await refusal(body)).toBeDefined();
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'is not led past its rules by a member named %s',
    async (name) => {
      const input = JSON.parse(`{"name":5,"${name}":{"name":"a"}}`) as object;
      expect((await refusal(input)).message).toBe('Name must be a string');
      const valid = (await read(JSON.parse(`{"name":"a","${name}":{"kind":"z"}}`), Input).catch(
        (error: unknown) => error,
      )) as object;
      if (valid instanceof DomainError) return;
      expect(Object.getPrototypeOf(valid)).toBe(Input.prototype);
      expect((valid as Input).kind).toBeUndefined();
    },
  );

  const manyFields = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, 1]));

  it('does not list more problems than anybody reads', async () => {
    expect((await refusal({ name: 'a', ...manyFields(900) })).details).toHaveLength(100);
  });

  it.each([
    ['of the body', { name: 'a', ...manyFields(100_000) }],
    ['of an object in it', { name: 'a', parts: [{ firstName: manyFields(100_000) }] }],
  ])('does not look at the fields %s when there are very many', async (_, input) => {
    expect((await refusal(input)).message).toBe('Objects must have at most 1000 fields');
  });

  it.each([
    [{}, { page: 1, limit: 25 }],
    [
      { page: '2', limit: '200', search: 'a', sort: '-name' },
      { page: 2, limit: 200, search: 'a', sort: '-name' },
    ],
  ])('reads the query %j', async (query, expected) => {
    expect({ ...(await read(query, ListQuery, 'query')) }).toMatchObject(expected);
  });

  it.each([
    { page: '0' },
    { page: 'x' },
    { page: '1.5' },
    { limit: '201' },
    { limit: '' },
    { limit: ['1', '2'] },
    { search: ['a', 'b'] },
    { search: 'x'.repeat(201) },
    { search: '\0' },
    { filter: 'x' },
  ])('refuses the query %j', async (query) => {
    await expect(read(query, ListQuery, 'query')).rejects.toThrow(DomainError);
  });
});

describe('what stands in a path', () => {
  const param = (value: string) => pipe.transform(value, { type: 'param', metatype: String, data: 'nodeId' });

  it.each([
    ['a\0', 'Not found: Node id contains the NUL character'],
    ['\ud800', 'Not found: Node id is not valid Unicode'],
  ])('%j is nobody’s, which no database need be asked', async (value, message) => {
    await expect(param(value)).rejects.toMatchObject({ kind: 'not_found', message });
  });

  it.each(['a', '', ' ', '🌡️', '5', 'null'])('%j stays as it is', async (value) => {
    expect(await param(value)).toBe(value);
  });
});

describe('judgeInput', () => {
  it.each<{ [name: string]: JsonValue }>([
    { name: 'a', kind: 'b', parts: [{ firstName: 'x' }] },
    {},
    { name: 5, unknown: 1 },
    { name: 'a', parts: [{}, { firstName: 'b', other: 1 }] },
    { name: 'a\0' },
    { name: 'a', parts: [JSON.parse('{"constructor": "x", "__proto__": {}, "prototype": 1}')] },
    Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`x${index}`, 1])),
  ])('says the same as the pipe, input %#', async (value) => {
    const { input, problems } = judgeInput(Input, value);
    const passed = await read(structuredClone(value), Input).catch((error: unknown) => error as DomainError);
    if (!(passed instanceof DomainError)) return expect([input, problems]).toEqual([passed, []]);
    const messages = (passed.details as FieldProblem[] | undefined) ?? [{ message: passed.message }];
    expect(problems.map(({ message }) => message)).toEqual(messages.map(({ message }) => message));
  });
});

it.each([
  ['name', 'Name'],
  ['firstName', 'First name'],
  ['accessTokenTtlSeconds', 'Access token ttl seconds'],
  ['', ''],
])('fieldTitle: %s', (field, title) => {
  expect(fieldTitle(field)).toBe(title);
});
