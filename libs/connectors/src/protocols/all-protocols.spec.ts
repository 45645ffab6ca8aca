import { ALL_PROTOCOLS } from './all-protocols';
import { KnownProtocol } from './protocol-registry';

describe.each(
  ALL_PROTOCOLS.map((type) => new KnownProtocol(new type())).map(
    (known) => [known.protocol.definition.id, known] as const,
  ),
)('the protocol %s', (id, known) => {
  const { config, example, functions } = known.protocol.definition;

  it('is known by lower-case letters, digits and hyphens, and its functions by its name', () => {
    expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
    const names = functions.map(({ type }) => type);
    expect(names.filter((name) => !/^[a-z0-9]+\.[a-z][A-Za-z0-9]*$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has schemas and examples that fit each other', () => {
    expect(known.configProblems(example)).toEqual([]);
    for (const { type, example: called } of functions) {
      // What a place will be is known with a call alone.
      const problems = known
        .functionType(type)!
        .schemaProblems(called)
        .filter(({ field }) => !JSON.stringify(called[field.split('.')[0]!]).includes('(('));
      expect([type, problems]).toEqual([type, []]);
    }
  });

  it('says of every member what it is', () => {
    const silent = functions.flatMap(({ type, config: { properties } }) =>
      Object.entries(properties)
        .filter(([, member]) => typeof member['description'] !== 'string')
        .map(([name]) => `${type} ${name}`),
    );
    expect(silent).toEqual([]);
    expect(Object.keys(config.properties).length).toBeGreaterThan(0);
  });
});
