import { changesBetween } from './audit-trail';

describe('changesBetween', () => {
  it('names the listed fields that differ, as JSON', () => {
    const before = { name: 'a', until: new Date(0), scopes: ['x'], secret: '1', note: undefined };
    const after = { name: 'b', until: new Date(0), scopes: ['x', 'y'], secret: '2', note: undefined };
    expect(changesBetween(before, after, ['name', 'until', 'scopes', 'note'])).toEqual({
      name: { from: 'a', to: 'b' },
      scopes: { from: ['x'], to: ['x', 'y'] },
    });
  });

  it('knows what was missing as null', () => {
    expect(changesBetween<{ until?: Date }>({}, { until: new Date(0) }, ['until'])).toEqual({
      until: { from: null, to: '1970-01-01T00:00:00.000Z' },
    });
  });
});
