import type { DiscoveryService } from '@nestjs/core';
import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { SECRET_PLACE, type CheckedContent, type PortableContent } from '#platform/dependencies';
import { ProtocolRegistry } from '../protocols';
import { ALL_PROTOCOLS } from '../protocols/all-protocols';
import { checkConnection, checkFunction } from './check-content';

const instances = ALL_PROTOCOLS.map((type) => ({ instance: new type() }));
const registry = new ProtocolRegistry({ getProviders: () => instances } as unknown as DiscoveryService);
registry.onModuleInit();

const rest = (auth: JsonValue, more: object = {}): PortableContent => ({
  protocol: 'rest',
  config: { baseUrl: 'https://mes.example.com', auth },
  ...more,
});
const connection = (content: PortableContent) => checkConnection(registry, 'MES', content);
const called = (content: JsonValue, name = 'MES/Read') => checkFunction(registry, name, content as PortableContent);

describe('a connection that comes in', () => {
  it('has every default', () => {
    expect(connection(rest({ type: 'none' })).content).toEqual({
      description: null,
      protocol: 'rest',
      config: { baseUrl: 'https://mes.example.com', auth: { type: 'none' } },
      labels: {},
      enabled: true,
    });
  });

  it.each<[string, JsonValue, string[]]>([
    ['has', { type: 'basic', username: 'u', password: SECRET_PLACE }, ['/config/auth/password']],
    ['has under any name', { type: 'headers', headers: { 'a/b': SECRET_PLACE } }, ['/config/auth/headers/a~1b']],
    ['needs', { type: 'apiKey', name: 'key' }, ['/config/auth/value']],
    ['can be without', { type: 'basic', username: 'u' }, []],
    ['has no more where they are null', { type: 'basic', username: 'u', password: null }, []],
  ])('tells the secrets that it %s', (_, auth, secrets) => {
    expect(connection(rest(auth))).toMatchObject({ secrets, problems: [] });
  });

  it('has no secret in clear any more', () => {
    const { content, secrets } = connection(rest({ type: 'basic', username: 'u', password: 'in clear' }));
    expect(content['config']).toMatchObject({ auth: { password: SECRET_PLACE } });
    expect(secrets).toEqual(['/config/auth/password']);
  });

  it.each<[JsonValue, string]>([
    [{ protocol: 'telex', config: {} }, 'Protocol telex is not known'],
    [{ config: {} }, 'Protocol is required'],
    [rest({ type: 'apiKey', value: SECRET_PLACE }), 'auth.name is required'],
    [rest({ type: 'none' }, { version: 3 }), 'Version is not a known field'],
    [rest({ type: 'none' }, { enabled: 'yes' }), 'Enabled must be a boolean value'],
    [[], 'Content must be a JSON object'],
  ])('%j is refused: %s', (content, message) => {
    expect(connection(content as PortableContent).problems.map((problem) => problem.message)).toContain(message);
  });

  it.each(ALL_PROTOCOLS.map((type) => new type().definition))('of $id is sound as its example says', (definition) => {
    const checked = connection({ protocol: definition.id, config: definition.example });
    expect(checked.problems).toEqual([]);
    expect(connection(checked.content)).toEqual(checked);
  });
});

describe('a function that comes in', () => {
  const content = {
    type: 'rest.get',
    config: { path: '/orders/((id))' },
    parameters: [{ name: 'id', type: 'string' }],
  };

  it('has every default', () => {
    expect(called(content)).toEqual({
      content: { ...content, parameters: [{ name: 'id', type: 'string', required: true }] },
      secrets: [],
      problems: [],
    });
  });

  it.each<[JsonValue, string]>([
    [{ ...content, type: 'telex.send' }, 'Type telex.send is none of any protocol'],
    [{ ...content, parameters: [] }, 'Parameter id is used in path but not declared'],
    [{ ...content, name: 'Read' }, 'Name is not a known field'],
    [null, 'Content must be a JSON object'],
  ])('%j is refused: %s', (given, message) => {
    expect(called(given).problems[0]!.message).toBe(message);
  });

  it.each(['MES', 'MES/Line/Read', ''])('is not named %j', (name) => {
    expect(called(content, name).problems[0]!.message).toContain('that of the connection, / and that of the function');
  });
});

describe('whatever comes in', () => {
  const names = fc.constantFrom('type', 'auth', 'headers', 'host', 'path', 'constructor', '__proto__', 'a/b');
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<JsonValue>(SECRET_PLACE, 'basic', '((p))', 'https://x.example.com', null),
      fc.dictionary(names, tie('any'), { maxKeys: 4 }),
      fc.array(tie('any'), { maxLength: 2 }),
    ),
  })).any as fc.Arbitrary<JsonValue>;
  const ids = instances.map(({ instance }) => instance.definition.id);
  const types = instances.flatMap(({ instance }) => instance.definition.functions.map(({ type }) => type));
  const examples = instances.map(({ instance }) => instance.definition.example);
  const connections = fc.record(
    {
      protocol: fc.oneof(fc.constantFrom(...ids), value),
      config: fc.oneof(
        fc.tuple(fc.constantFrom(...examples), fc.dictionary(names, value)).map((parts) => Object.assign({}, ...parts)),
        value,
      ),
      labels: value,
      enabled: fc.oneof(fc.boolean(), value),
    },
    { requiredKeys: ['protocol', 'config'] },
  );
  const functions = fc.record(
    { type: fc.oneof(fc.constantFrom(...types), value), config: value, parameters: value },
    { requiredKeys: ['type', 'config'] },
  );

  it.each<[string, (content: PortableContent) => CheckedContent, fc.Arbitrary<unknown>]>([
    ['a connection', connection, connections],
    ['a function', called, functions],
  ])('is judged as %s without failing, and once more the same', (_, check, contents) => {
    fc.assert(
      fc.property(fc.oneof(contents, value) as fc.Arbitrary<PortableContent>, (content) => {
        const once = check(content);
        expect(check(once.content)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });
});
