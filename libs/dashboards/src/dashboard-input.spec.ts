import { LOWEST_ROW, type Panel } from './dashboard-content';
import { changedContent, changedPanel, newContent, toPanel } from './dashboard-input';

const TEXT = { type: 'text' as const };
const at = (y: number, h: number) => ({ position: { x: 0, y, w: 24, h } }) as Panel;

describe('the content of an input', () => {
  it('has defaults for what is left out', () => {
    expect(newContent({ name: 'Line' })).toEqual({
      name: 'Line',
      description: null,
      folderId: null,
      timeRange: { from: 'now-1h', to: 'now' },
      refreshSeconds: 0,
      variables: [],
      panels: [],
    });
  });

  it('keeps what a change leaves out, and takes null for what may be empty', () => {
    const before = { ...newContent({ name: 'Line', description: 'Old' }), folderId: 'folder' };
    expect(changedContent(before, { name: 'New' })).toEqual({ ...before, name: 'New' });
    expect(changedContent(before, { description: null, folderId: null })).toEqual({
      ...before,
      description: null,
      folderId: null,
    });
  });

  it('puts panels without a place below one another', () => {
    const { panels } = newContent({ name: 'Line', panels: [TEXT, TEXT] });
    expect(panels.map(({ position }) => position.y)).toEqual([0, 8]);
  });

  it('refuses a time range that is none', () => {
    expect(() => newContent({ name: 'Line', timeRange: { from: 'now', to: 'now' } })).toThrow('From must be earlier');
  });
});

describe('a panel', () => {
  it.each([
    ['on an empty dashboard', [], 0],
    ['below the lowest', [at(20, 3), at(0, 8)], 23],
    ['nowhere below what a dashboard can have', [at(LOWEST_ROW, 50)], LOWEST_ROW],
  ])('is put %s', (_, others, y) => {
    expect(toPanel(TEXT, others).position).toEqual({ x: 0, y, w: 12, h: 8 });
  });

  it('has all fields of its queries, also after a change', () => {
    const query = { topic: 'mHv1.0/a', field: null, aggregate: null, bucket: null };
    const panel = toPanel({ id: 'a', type: 'stat', queries: [{ topic: 'mHv1.0/a' }] }, []);
    expect(panel).toMatchObject({ id: 'a', title: '', queries: [query], options: {} });
    expect(changedPanel(panel, { title: 'A' })).toEqual({ ...panel, title: 'A' });
    expect(changedPanel(panel, { queries: [{ topic: 'mHv1.0/b', field: 'x' }] }).queries).toEqual([
      { ...query, topic: 'mHv1.0/b', field: 'x' },
    ]);
  });
});
