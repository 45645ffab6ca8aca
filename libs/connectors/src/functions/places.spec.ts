import { type DomainError, type JsonValue } from '#kernel';
import { ParameterRefusal } from '../protocols/protocol';
import { parameterValues, declarationProblems, type FunctionParameter } from './parameters';
import { fillPlaces, parsePlaces, placedTexts } from './places';

const fill = (config: { [name: string]: JsonValue }, values: { [name: string]: JsonValue }) =>
  fillPlaces(config, { values: new Map(Object.entries(values)) });

describe('places in a text', () => {
  it.each([
    ['plain', ['plain']],
    ['((a))', [{ parameter: 'a' }]],
    ['/lines/(( line_1 ))/parts/((p))?x', ['/lines/', { parameter: 'line_1' }, '/parts/', { parameter: 'p' }, '?x']],
    ['(((a)))', ['(', { parameter: 'a' }, ')']],
    ['((a b)) ((1a)) (()) ((a) (a))', ['((a b)) ((1a)) (()) ((a) (a))']],
    ['', []],
  ])('of %j', (text, parts) => {
    expect(parsePlaces(text)).toEqual(parts);
  });

  it('are found in every text of a config, in none of its keys', () => {
    const config = { path: '/((a))/((b))', body: { '((k))': ['((c))', 5, null], 'd.e/f': { x: ' ((a))' } } };
    expect(placedTexts(config)).toEqual([
      { field: 'path', parameters: ['a', 'b'], whole: false },
      { field: 'body.((k))[0]', parameters: ['c'], whole: true },
      { field: 'body.d.e/f.x', parameters: ['a'], whole: false },
    ]);
  });
});

describe('a config with its places filled', () => {
  it.each<[string, JsonValue]>([
    ['number', 5],
    ['boolean', false],
    ['object', { a: [1] }],
    ['array', [1, [2]]],
    ['text', 'x'],
  ])('keeps a %s where the text is one place', (_, value) => {
    expect(fill({ body: { v: '((v))', l: ['((v))'] } }, { v: value })).toEqual({ body: { v: value, l: [value] } });
  });

  it('has values as text inside texts', () => {
    const config = { a: 'n=((n)) b=((b)) o=((o)) none=((none))', rest: 7 };
    expect(fill(config, { n: 1.5, b: true, o: { x: 'y' } })).toEqual({
      a: 'n=1.5 b=true o={"x":"y"} none=',
      rest: 7,
    });
  });

  it('leaves out what is one place without a value', () => {
    expect(fill({ query: { a: '((none))', b: 'x' }, list: [1, '((none))', []] }, {})).toEqual({
      query: { b: 'x' },
      list: [1, []],
    });
  });

  it('puts a value in once: what looks like a place in it is none', () => {
    expect(fill({ a: 'x((v))', b: '((v))' }, { v: '((w))', w: 'no' })).toEqual({ a: 'x((w))', b: '((w))' });
  });

  it('has texts as the encoder of their place wants them, also where they are one place', () => {
    const filled = fillPlaces(
      { path: '((n))', other: '((n))', sql: '((n))' },
      {
        values: new Map<string, JsonValue>([['n', 1]]),
        encoderAt: ([top]) => (top === 'path' ? (text, before) => `<${before}${text}>` : undefined),
        verbatim: ['sql'],
      },
    );
    expect(filled).toEqual({ path: '<1>', other: 1, sql: '((n))' });
  });

  it('cannot become much larger than its parameters', () => {
    const config = { list: Array<string>(100_000).fill('((v))'), text: '((v))'.repeat(100_000) };
    expect(() => fill({ list: config.list }, { v: ['x'.repeat(1_000)] })).toThrow(
      'Parameter v makes the call larger than 16 MiB',
    );
    expect(() => fill({ text: config.text }, { v: 'x'.repeat(1_000) })).toThrow('larger than 16 MiB');
  });

  it('is refused by the name of the parameter that cannot stand where it is', () => {
    const refuse = (): never => {
      throw new ParameterRefusal('must not be empty here');
    };
    const filling = { values: new Map([['id', '']]), encoderAt: () => refuse };
    expect(() => fillPlaces({ path: '/((id))' }, filling)).toThrow('Parameter id must not be empty here');
  });
});

describe('parameters', () => {
  const declared: FunctionParameter[] = [
    { name: 's', type: 'string', required: true },
    { name: 'n', type: 'number', required: false, default: 3 },
    { name: 'o', type: 'object', required: false },
    { name: 'l', type: 'array', required: false },
    { name: 'b', type: 'boolean', required: false },
  ];
  const problems = (given: { [name: string]: JsonValue }): string[] => {
    try {
      parameterValues(declared, given);
      return [];
    } catch (error) {
      const { details, message } = error as DomainError;
      return ((details as { message: string }[] | undefined) ?? [{ message }]).map((problem) => problem.message);
    }
  };

  it('have their defaults, and nothing for null', () => {
    expect(Object.fromEntries(parameterValues(declared, { s: '', o: null }))).toEqual({ s: '', n: 3 });
  });

  it.each<[{ [name: string]: JsonValue }, string[]]>([
    [{}, ['Parameter s is required']],
    [{ s: null }, ['Parameter s is required']],
    [{ s: 1 }, ['Parameter s must be a string']],
    [{ s: '', n: '3' }, ['Parameter n must be a number']],
    [{ s: '', o: [] }, ['Parameter o must be an object']],
    [{ s: '', l: {} }, ['Parameter l must be an array']],
    [{ s: '', b: 0 }, ['Parameter b must be a boolean']],
    [JSON.parse('{"s": "", "__proto__": 1}'), ['Parameter __proto__ is not known']],
    [{ x: 1, b: 'no' }, ['Parameter s is required', 'Parameter b must be a boolean', 'Parameter x is not known']],
  ])('%j are told: %j', (given, expected) => {
    expect(problems(given)).toEqual(expected);
  });

  it.each<[Partial<FunctionParameter>[], string]>([
    [[{ name: '1a' }], 'Name 1a must be letters, digits and _, a letter or _ first'],
    [[{ name: 'a' }, { name: 'a' }], 'Name a is given to two parameters'],
    [[{ name: 'a', default: 5 }], 'Default of a must be a string'],
  ])('are declared soundly: %j', (parameters, message) => {
    const declarations = parameters.map(
      (p) => ({ type: 'string' as const, required: false, ...p }) as FunctionParameter,
    );
    expect(declarationProblems(declarations).map((problem) => problem.message)).toEqual([message]);
  });
});
