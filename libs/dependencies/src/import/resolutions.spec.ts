import type { Portable, PortableContent } from '#platform/dependencies';
import { requireSecrets, withSecrets } from './given-secrets';
import type { Plan, PlannedItem } from './plan';
import { stepsOf, type Resolution } from './resolutions';

const mapReferences: Portable['mapReferences'] = (content, map) =>
  typeof content['ref'] === 'string' ? { ...content, ref: map('connection', content['ref']) } : content;

const portable = (type: string): Portable =>
  ({ type, caseless: true, mapReferences, ...(type === 'function' && { partOf: 'connection' }) }) as Portable;

const item = (
  type: string,
  name: string,
  action: PlannedItem['action'],
  incoming: PortableContent = {},
  more: Partial<PlannedItem> = {},
): PlannedItem => ({
  ...{ type, name, action, incoming, id: `${type}-${name}`, version: action === 'create' ? null : 3 },
  ...{ changes: [], hash: 'h', secrets: [], ...more },
});

const planOf = (...items: PlannedItem[]): Plan => ({ description: null, items, outside: [] });
const steps = (plan: Plan, resolutions: Resolution[] = []) => stepsOf(plan, resolutions, portable);

describe('the steps of a plan', () => {
  it('need a decision for every conflict', () => {
    const plan = planOf(item('connection', 'MES', 'conflict'), item('model', 'A', 'conflict'));
    expect(() => steps(plan)).toThrow('connection:MES and 1 more must be resolved: keep, replace or rename');
    const kept = steps(plan, [
      { type: 'connection', name: 'MES', action: 'keep' },
      { type: 'model', name: 'A', action: 'replace' },
    ]);
    expect(kept.map(({ action, version }) => [action, version])).toEqual([
      ['keep', 3],
      ['update', 3],
    ]);
  });

  it('make what is renamed beside what is here, with its parts, and others follow', () => {
    const plan = planOf(
      item('connection', 'MES', 'conflict'),
      item('function', 'MES/order', 'unchanged', { ref: 'mhub://connection/MES' }),
      item('pipeline', 'Line', 'create', { ref: 'mhub://connection/MES' }),
    );
    const made = steps(plan, [{ type: 'connection', name: 'MES', action: 'rename', newName: 'MES 2' }]);
    expect(made.map(({ type, name, action, version, content }) => [type, name, action, version, content])).toEqual([
      ['connection', 'MES 2', 'create', null, {}],
      ['function', 'MES 2/order', 'create', null, { ref: 'mhub://connection/MES%202' }],
      ['pipeline', 'Line', 'create', null, { ref: 'mhub://connection/MES%202' }],
    ]);
    expect(made.map(({ id }) => id)).not.toContain('connection-MES');
  });

  it('rename parts along also where they name the whole in another case', () => {
    const plan = planOf(item('connection', 'MES', 'conflict'), item('function', 'mes/order', 'update'));
    const made = steps(plan, [{ type: 'connection', name: 'MES', action: 'rename', newName: 'MES 2' }]);
    expect(made.map(({ name, action }) => [name, action])).toEqual([
      ['MES 2', 'create'],
      ['MES 2/order', 'create'],
    ]);
  });

  it('store both changes together, unless the file is to replace what is here', () => {
    const plan = planOf(item('model', 'A', 'update', { a: 1 }, { merged: { a: 1, b: 2 } }));
    expect(steps(plan)[0]!.content).toEqual({ a: 1, b: 2 });
    expect(steps(plan, [{ type: 'model', name: 'A', action: 'replace' }])[0]!.content).toEqual({ a: 1 });
  });

  it.each<[Resolution, string]>([
    [{ type: 'model', name: 'B', action: 'keep' }, 'The plan has no model B'],
    [{ type: 'model', name: 'A', action: 'rename' }, 'New name is required by rename, and by nothing else'],
    [{ type: 'model', name: 'New', action: 'keep' }, 'model:New is new here: there is nothing to resolve'],
  ])('are not made by %j', (resolution, message) => {
    const plan = planOf(item('model', 'A', 'conflict'), item('model', 'New', 'create'));
    expect(() => steps(plan, [resolution])).toThrow(message);
  });
});

describe('secrets', () => {
  const secrets = [
    { place: '/password', required: true },
    { place: '/token', required: false },
  ];
  const content = { password: '********', token: '********' };
  const plan = planOf(item('connection', 'MES', 'create', content, { secrets }));
  const slot = 'connection:MES#/password';

  it('are asked for by their slots', () => {
    expect(() => requireSecrets(plan, steps(plan), {})).toThrow(`Secret ${slot} is required; null leaves it out`);
    expect(() => requireSecrets(plan, steps(plan), { [slot]: null, other: 1 })).toThrow('The plan has no secret other');
    expect(() => requireSecrets(plan, steps(plan), { [slot]: 'x' })).not.toThrow();
  });

  it('are put in their places; what nobody gave stays', () => {
    const [step] = steps(plan);
    expect(withSecrets(content, step!, { [slot]: 'x' })).toEqual({ password: 'x', token: '********' });
    expect(withSecrets(content, step!, { [slot]: null })).toEqual({ token: '********' });
  });
});
