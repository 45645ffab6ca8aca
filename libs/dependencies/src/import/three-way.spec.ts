import { differences, mergeThree } from './three-way';

const node = (id: string, more: object = {}) => ({ id, ...more });

describe('a merge of three', () => {
  it('takes from each side what that side alone has changed', () => {
    const base = { description: 'old', enabled: true, tags: ['a'], gone: 1 };
    const here = { ...base, description: 'ours' };
    const incoming = { description: 'old', enabled: false, tags: ['a'], added: [1] };
    expect(mergeThree(base, here, incoming)).toEqual({
      merged: { description: 'ours', enabled: false, tags: ['a'], added: [1] },
      conflicts: [],
    });
  });

  it('names what both have changed, each in its own way', () => {
    const { conflicts, merged } = mergeThree(
      { limits: { min: 1, max: 9 }, tags: ['a'] },
      { limits: { min: 2, max: 9 }, tags: ['b'] },
      { limits: { min: 3, max: 8 }, tags: ['c'] },
    );
    expect(conflicts).toEqual([
      { field: 'limits.min', from: 2, to: 3 },
      { field: 'tags', from: ['b'], to: ['c'] },
    ]);
    expect(merged).toEqual({ limits: { min: 2, max: 8 }, tags: ['b'] });
  });

  it('takes the same change of both for no conflict', () => {
    expect(mergeThree({ a: 1 }, { a: 2 }, { a: 2 })).toEqual({ merged: { a: 2 }, conflicts: [] });
  });

  it('looks at things with ids one by one', () => {
    const base = { nodes: [node('1', { x: 1 }), node('2'), node('3')] };
    const here = { nodes: [node('1', { x: 2 }), node('2'), node('3'), node('ours')] };
    const incoming = { nodes: [node('3'), node('theirs'), node('1', { x: 1 })] };
    expect(mergeThree(base, here, incoming)).toEqual({
      merged: { nodes: [node('3'), node('theirs'), node('1', { x: 2 }), node('ours')] },
      conflicts: [],
    });
  });

  it('tells that one side has removed what the other has changed', () => {
    const base = { nodes: [node('a', { x: 1 })] };
    const { conflicts } = mergeThree(base, { nodes: [] }, { nodes: [node('a', { x: 2 })] });
    expect(conflicts).toEqual([{ field: 'nodes[a]', to: node('a', { x: 2 }) }]);
  });

  it('takes lists whose things are not told apart by ids as a whole', () => {
    const { conflicts } = mergeThree({ l: [node('a')] }, { l: [node('a'), node('a')] }, { l: [node('b')] });
    expect(conflicts.map(({ field }) => field)).toEqual(['l']);
  });
});

describe('differences', () => {
  it('are told by their places', () => {
    const from = { name: 'a', nodes: [node('start', { parameters: { topic: 'x' } })], 'odd name': 1, kind: {} };
    const to = { nodes: [node('start', { parameters: { topic: 'y' } }), node('end')], 'odd name': 2, kind: [] };
    expect(differences(from, to)).toEqual([
      { field: 'name', from: 'a' },
      { field: 'nodes[start].parameters.topic', from: 'x', to: 'y' },
      { field: 'nodes[end]', to: node('end') },
      { field: '[odd name]', from: 1, to: 2 },
      { field: 'kind', from: {}, to: [] },
    ]);
  });

  it('are none between values whose members only stand in another order', () => {
    expect(differences({ a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 })).toEqual([]);
  });

  it('show things in another order as a whole', () => {
    const [one, two] = [node('a'), node('b')];
    expect(differences({ l: [one, two] }, { l: [two, one] })).toEqual([
      { field: 'l', from: [one, two], to: [two, one] },
    ]);
  });
});
