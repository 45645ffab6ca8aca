import { decide } from './decision';

const OLD = { description: 'old', limit: 1 };
const NEW = { description: 'new', limit: 1 };
const LOCAL = { description: 'old', limit: 2 };

describe('an item of a file', () => {
  it('is made where there is none', () => {
    expect(decide({ incoming: NEW })).toEqual({ action: 'create', changes: [] });
    expect(decide({ incoming: NEW, base: OLD }).action).toBe('create');
  });

  it('changes nothing where it is here already', () => {
    expect(decide({ incoming: NEW, here: { limit: 1, description: 'new' }, base: OLD })).toEqual({
      action: 'unchanged',
      changes: [],
    });
  });

  it('replaces what nobody has changed here', () => {
    expect(decide({ incoming: NEW, here: OLD, base: OLD })).toEqual({
      action: 'update',
      changes: [{ field: 'description', from: 'old', to: 'new' }],
    });
  });

  it('leaves alone what was changed here alone', () => {
    expect(decide({ incoming: OLD, here: LOCAL, base: OLD })).toMatchObject({
      action: 'unchanged',
      localChanges: [{ field: 'limit', from: 1, to: 2 }],
    });
  });

  it('is merged where both have changed different places', () => {
    expect(decide({ incoming: NEW, here: LOCAL, base: OLD })).toMatchObject({
      action: 'update',
      changes: [{ field: 'description', from: 'old', to: 'new' }],
      merged: { description: 'new', limit: 2 },
    });
  });

  it('changes nothing where its changes are here already, among others', () => {
    expect(decide({ incoming: NEW, here: { description: 'new', limit: 2 }, base: OLD })).toMatchObject({
      action: 'unchanged',
      reason: 'What the file changes is here already',
      changes: [],
    });
  });

  it('is a conflict where both have changed the same place', () => {
    expect(decide({ incoming: { ...OLD, limit: 3 }, here: LOCAL, base: OLD })).toMatchObject({
      action: 'conflict',
      changes: [{ field: 'limit', from: 2, to: 3 }],
    });
  });

  it('is a conflict where nobody knows what both were made of', () => {
    expect(decide({ incoming: NEW, here: LOCAL })).toMatchObject({
      action: 'conflict',
      changes: [
        { field: 'description', from: 'old', to: 'new' },
        { field: 'limit', from: 2, to: 1 },
      ],
    });
  });
});
