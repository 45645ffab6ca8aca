import fc from 'fast-check';
import { ALL_SCOPES, newId, type JsonValue, type Member } from '#kernel';
import { SECRET_PLACE, type Portable, type PortableContent } from '#platform/dependencies';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { MANUAL, pipelineOf } from '../executions/pipelines';
import { newPipeline, webhook } from '../pipelines/pipelines-api';
import { portableOf } from './kept-graph';
import { keptPipelines } from './pipelines-graph';

const KEY = 'c2VjcmV0LWtleQ';
const KEY_PLACE = '/nodes/hook/parameters/auth/X-Api-Key';

describe('pipelines that leave and enter', () => {
  let app: TestApp;
  let api: ApiClient;
  let member: Member;
  let portable: Portable;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
    const { createdBy: userId } = await newPipeline(api, {});
    member = { organizationId: app.organizationId, userId } as Member;
    portable = portableOf(app, 'pipeline');
  });

  afterAll(() => app.stop());

  /** As an import does it: in one transaction of its organization. */
  const importing = <T>(work: (member: Member) => Promise<T>, organizationId = app.organizationId): Promise<T> =>
    app.database.inOrganization(organizationId, () => work({ ...member, organizationId }));

  const read = async (id: string, organizationId = app.organizationId) =>
    (await portable.read(organizationId, [id, newId(), 'none']))[0]!;

  const entityOf = async (content: object) => read((await newPipeline(api, content)).id);

  const hook = () => webhook(`portable/${newId()}`, { auth: { 'X-Api-Key': KEY } });

  const withSecret = (content: PortableContent): PortableContent =>
    JSON.parse(JSON.stringify(content).replace(SECRET_PLACE, KEY)) as PortableContent;

  it('have a name, and a content with all defaults and without secrets', async () => {
    const path = `portable/${newId()}`;
    const made = await newPipeline(api, { ...webhook(path, { auth: { 'X-Api-Key': KEY } }), labels: { a: 'b' } });
    const { secrets, ...entity } = await read(made.id);
    expect(entity).toEqual({
      id: made.id,
      name: made.name,
      version: 1,
      content: {
        description: null,
        labels: { a: 'b' },
        enabled: false,
        executionMode: 'parallel',
        priority: 'normal',
        historyDetail: 'standard',
        overlap: 'parallel',
        timeoutSeconds: 300,
        retry: { attempts: 1, delayMs: 1_000, backoff: 'fixed' },
        onError: 'stop',
        maxConcurrent: null,
        retentionDays: null,
        nodes: [
          {
            id: 'hook',
            name: 'Hook',
            type: 'trigger.webhook',
            parameters: { path, auth: { 'X-Api-Key': SECRET_PLACE } },
            settings: {},
            position: { x: 0, y: 0 },
            disabled: false,
          },
        ],
        edges: [],
      },
    });
    expect([...secrets]).toEqual([[KEY_PLACE, KEY]]);
    expect((await portable.names(app.organizationId)).get(made.name)).toBe(made.id);
  });

  it('are the same when they leave again, whatever the references are called meanwhile', async () => {
    const [first, second] = [newId(), newId()];
    const { content } = await entityOf(
      pipelineOf([
        MANUAL,
        { name: 'Call', type: 'connector.function', parameters: { connectionId: first, functionId: second } },
        { name: 'Check', type: 'model.validate', parameters: { modelId: `{{ $item ? "${first}" : "${second}" }}` } },
        { name: 'Next', type: 'flow.pipeline', parameters: { pipelineId: second } },
        { name: 'Out', type: 'system.uns.publish', parameters: { topic: 'a/b' } },
      ]),
    );
    const names = new Map([first, second].map((id, index) => [id, `Name of "${index}"`]));
    const ids = new Map([...names.values()].map((name) => [name, newId()]));
    const named = (given: PortableContent) =>
      portable.mapReferences(given, (type, text) => {
        const name = names.get(text) ?? [...ids].find(([, id]) => id === text)?.[0];
        return name === undefined ? text : `mhub://${type}/${encodeURIComponent(name)}`;
      });
    const leaving = named(content);
    expect(JSON.stringify(leaving)).not.toMatch(new RegExp(`${first}|${second}`));
    expect(JSON.stringify(leaving).match(/mhub:/g)).toHaveLength(5);

    const checked = portable.check('Entered', leaving);
    expect(checked).toEqual({ content: leaving, secrets: [], problems: [] });
    const entering = portable.mapReferences(checked.content, (type, text) => {
      const name = decodeURIComponent(text.replace(`mhub://${type}/`, ''));
      return ids.get(name) ?? text;
    });
    const organizationId = await app.newOrganization();
    const id = newId();
    await importing((other) => portable.create(other, { id, name: 'Entered', content: entering }), organizationId);
    const entered = await read(id, organizationId);
    expect(entered).toMatchObject({ name: 'Entered', version: 1 });
    expect(named(entered.content)).toEqual(leaving);
  });

  it('enter with their secrets, keep those that are not given, and never come without', async () => {
    const { content } = await entityOf(hook());
    const enter = (entity: object) =>
      importing((by) => portable.create(by, { id: newId(), name: `Hook ${newId()}`, content, ...entity }));
    await expect(enter({})).rejects.toMatchObject({ kind: 'bad_request', message: 'Hook: The secret is required' });
    const id = newId();
    await enter({ id, content: withSecret(content) });
    expect([...(await read(id)).secrets]).toEqual([[KEY_PLACE, KEY]]);

    const changed = { ...content, description: 'Changed' };
    const update = (version: number) =>
      importing((by) => portable.update(by, { id, version, name: 'Other name', content: changed }));
    await update(1);
    const after = await read(id);
    expect(after).toMatchObject({ version: 2, name: 'Other name', content: changed });
    expect([...after.secrets]).toEqual([[KEY_PLACE, KEY]]);
    await expect(update(1)).rejects.toMatchObject({ kind: 'precondition_failed' });
  });

  it('are refused where a name or a path is taken, or an enabled one has problems', async () => {
    const taken = { ...withSecret((await entityOf(hook())).content), enabled: true };
    const first = { id: newId(), name: `Hook ${newId()}`, content: taken };
    await importing((by) => portable.create(by, first));
    const enter = (entity: object) => importing((by) => portable.create(by, { ...first, id: newId(), ...entity }));
    await expect(enter({ name: first.name.toUpperCase() })).rejects.toMatchObject({
      kind: 'conflict',
      message: 'Name is taken by another pipeline',
    });
    await expect(enter({ name: newId() })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('Webhook path'),
    });
    await expect(enter({ name: newId(), content: { ...taken, nodes: [] } })).rejects.toMatchObject({
      kind: 'bad_request',
      message: 'No trigger starts it',
    });
  });

  it('go without anybody asked', async () => {
    const { id } = await newPipeline(api, pipelineOf([MANUAL]));
    const next = { name: 'Next', type: 'flow.pipeline', parameters: { pipelineId: id } };
    await newPipeline(api, pipelineOf([MANUAL, next]));
    await importing((by) => portable.delete(by, id));
    expect((await api.get(`/engine/pipelines/${id}`)).status).toBe(404);
    expect(await keptPipelines(app)).not.toHaveProperty(id);
    await expect(importing((by) => portable.delete(by, id))).rejects.toMatchObject({ kind: 'not_found' });
  });

  describe('a content that came in', () => {
    const check = (content: object, name = 'Entered') => portable.check(name, content as PortableContent);
    const node = (change: object = {}) => ({ id: 'a', name: 'A', type: 'trigger.manual', ...change });

    it('is completed by the product’s defaults', async () => {
      const { content } = await entityOf({});
      expect(check({})).toEqual({ content, secrets: [], problems: [] });
    });

    it('tells the places of its secrets', async () => {
      const { content } = await entityOf(hook());
      expect(check(content).secrets).toEqual([KEY_PLACE]);
    });

    it.each<[string, object, string, string]>([
      ['no object', [], '', 'Content must be a JSON object'],
      ['a field too many', { colour: 'red' }, 'colour', 'Colour is not a known field'],
      ['a name of its own', { name: 'Other' }, 'name', 'Name is not a known field'],
      ['a wrong value', { timeoutSeconds: 0 }, 'timeoutSeconds', 'Timeout seconds must not be less than 1'],
      ['a node without an id', { nodes: [{ name: 'A', type: 'trigger.manual' }] }, 'nodes.0.id', 'Id is required'],
      ['an unknown type', { nodes: [node({ type: 'acme.none' })] }, 'nodes[0]', 'Node type acme.none is not known'],
      [
        'an expression that cannot be read',
        { nodes: [node({ parameters: { outputData: '{{' } })] },
        'nodes[0].parameters.outputData',
        'Unexpected token at character 3',
      ],
      ['nothing that starts it, though enabled', { enabled: true }, 'nodes', 'No trigger starts it'],
      [
        'what an enabled one lacks',
        { enabled: true, nodes: [node({ type: 'trigger.webhook' })] },
        'nodes[0].parameters.path',
        'path is required',
      ],
      [
        'a time that never comes',
        { enabled: true, nodes: [node({ type: 'trigger.schedule', parameters: { scheduleType: 'cron', cron: '5' } })] },
        'nodes[0].parameters.cron',
        'Cron must have six fields: second minute hour day month weekday',
      ],
      [
        'a plain name in the place of a reference',
        {
          enabled: true,
          nodes: [node({ type: 'trigger.pipeline.event', parameters: { pipelineIds: [newId(), 'B'] } })],
        },
        'nodes[0].parameters.pipelineIds[1]',
        'pipelineIds[1] must name a pipeline: mhub://pipeline/<name>',
      ],
      ['text that nothing can keep', { description: 'a\0b' }, 'description', 'Description contains the NUL character'],
      [
        'too much',
        { nodes: [node({ parameters: { outputData: 'x'.repeat(2 ** 21) } })] },
        '',
        'A pipeline must be at most 2 MiB',
      ],
    ])('has a problem with %s', (_, content, field, message) => {
      expect(check(content).problems).toEqual([{ field, message }]);
    });

    it('has a problem with its name', () => {
      expect(check({}, ' ').problems).toEqual([{ field: 'name', message: expect.stringMatching(/^Name/) }]);
    });

    it('is judged whatever it is, and once complete stays the same', async () => {
      const { content } = await entityOf({ ...hook(), labels: { a: 'b' } });
      const texts = fc.constantFrom(
        '__proto__',
        'constructor',
        'then',
        '{{ 1',
        SECRET_PLACE,
        'trigger.webhook',
        'hook',
      );
      const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
        json: fc.oneof(
          { depthSize: 'small' },
          fc.constant(null),
          fc.boolean(),
          fc.double(),
          texts,
          fc.string({ unit: 'binary' }),
          fc.array(tie('json')),
          fc.dictionary(fc.oneof(texts, fc.constantFrom('id', 'type', 'parameters', 'auth')), tie('json')),
        ),
      }));
      const places = [...placesOf(content)];
      const spoilt = fc
        .array(fc.tuple(fc.constantFrom(...places), json), { maxLength: 3 })
        .map((changes) => changes.reduce<JsonValue>((whole, [place, value]) => replaced(whole, place, value), content));
      fc.assert(
        fc.property(fc.oneof(json, spoilt), (whole) => {
          const once = check(whole as object);
          portable.mapReferences({ ...(once.content as object) }, (_, text) => `mhub://${text}`);
          const twice = check(once.content);
          expect(twice.content).toEqual(once.content);
          expect(twice.problems).toEqual(once.problems);
        }),
        { numRuns: 300 },
      );
    });
  });
});

type Place = readonly (string | number)[];

function* placesOf(value: JsonValue, place: Place = []): Generator<Place> {
  yield place;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* placesOf(member, [...place, key]);
}

/** The value with another one at the place, where there still is such a place. */
function replaced(value: JsonValue, [key, ...rest]: Place, other: JsonValue): JsonValue {
  if (key === undefined) return other;
  if (typeof value !== 'object' || value === null) return value;
  const members: [string, JsonValue][] = Object.entries(value).map(([name, member]) => [
    name,
    name === String(key) ? replaced(member, rest, other) : member,
  ]);
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}
