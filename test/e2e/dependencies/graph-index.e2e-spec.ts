import { newId } from '#kernel';
import { DatabaseDependencyIndex } from '#dependencies';
import type { Contribution, Reference } from '#platform/dependencies';
import { createTestApp, eventually, type TestApp } from '#testing';
import { recipes, tags } from './plant-module';

const MODULES = './test/e2e/dependencies/plant-module.ts';

const recipe = (name: string, ...references: Reference[]): Contribution => {
  const id = newId();
  return { entity: { type: 'recipe', key: id, id, name }, references };
};

const uses = ({ entity: { type, key } }: Contribution, via = 'steps[0].recipeId'): Reference => ({
  kind: 'uses',
  type,
  key,
  via,
});

const tagEntity = { type: 'tag', key: 'plant', id: newId(), name: 'plant' };

const tag = (path: string): Reference => ({ kind: 'uses', type: 'tag', key: path, via: 'steps[1].tag' });

describe('the index of dependencies', () => {
  let app: TestApp;
  let index: DatabaseDependencyIndex;
  let organizationId: string;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_MODULES: MODULES } });
    index = app.nest.get(DatabaseDependencyIndex, { strict: false });
  });

  beforeEach(async () => void (organizationId = await app.newOrganization()));
  afterEach(() => {
    recipes.length = 0;
    tags.clear();
  });

  afterAll(() => app.stop());

  const inTransaction = <T>(work: () => Promise<T>): Promise<T> => app.database.inOrganization(organizationId, work);
  const keep = (...contributions: Contribution[]) => index.keep(organizationId, contributions);
  const remove = (...contributions: Contribution[]) =>
    index.remove(
      organizationId,
      contributions.map(({ entity }) => entity),
    );
  const guarded = ({ entity: { type, key } }: Contribution) => ({ type, key, label: 'Recipe' });
  const dependents = (contribution: Contribution) => index.dependents(organizationId, guarded(contribution));
  const stored = async () => (await index.read(organizationId)).entities.map(([, , , name]) => name);

  describe('lists what its last revisions have changed', () => {
    const since = async (revision: number) => {
      const changes = await index.changesSince(organizationId, revision);
      return changes?.changed.map(([, key]) => key).sort();
    };

    it('each entity once, with what it is now', async () => {
      const [one, other, gone] = [recipe('One'), recipe('Other'), recipe('Gone')];
      await keep(one, other, gone);
      const before = await index.revision(organizationId);
      expect(await since(before)).toEqual([]);
      one.entity.name = 'Another one';
      await keep(one);
      await keep({ ...one, references: [uses(other)] }, other);
      await remove(gone);
      const now = await index.changesSince(organizationId, before);
      expect(now!.changed.map(([, key]) => key).sort()).toEqual([one.entity.key, gone.entity.key].sort());
      expect(now!.entities).toEqual([['recipe', one.entity.key, one.entity.id, 'Another one']]);
      expect(now!.references.map(([, key, , , target]) => [key, target])).toEqual([[one.entity.key, other.entity.key]]);
      expect(now!.revision).toBe(before + 3);
      expect(await since(before + 3)).toEqual([]);
      expect(await since(before + 4)).toBeUndefined();
    });

    it('two hundred of them', async () => {
      const one = recipe('One');
      const before = await index.revision(organizationId);
      for (let n = 0; n < 201; n++) await keep({ ...one, entity: { ...one.entity, name: `${n}` } });
      expect(await since(before)).toBeUndefined();
      expect(await since(before + 1)).toEqual([one.entity.key]);
      const listed = await app.database.asSystem((manager) =>
        manager.query<object[]>('SELECT 1 FROM dependency_changes WHERE organization_id = $1', [organizationId]),
      );
      expect(listed).toHaveLength(200);
    });

    it('but none with more than two hundred entities', async () => {
      const before = await index.revision(organizationId);
      await keep(...Array.from({ length: 201 }, (_, n) => recipe(`${n}`)));
      expect(await since(before)).toBeUndefined();
      const one = recipe('One');
      await keep(one);
      expect(await since(before + 1)).toEqual([one.entity.key]);
    });
  });

  it('keeps what it is told to the letter', async () => {
    const other = recipe('b {"x", \\ NULL} é 😀');
    const references: Reference[] = [
      uses(other, 'steps["a,b"].{c}'),
      uses(other, 'steps[2]\\'),
      { kind: 'matches', type: 'tag', key: 'plant/+/"speed", {x}\\/#', via: 'filter' },
      { kind: 'matches', type: 'recipe', key: other.entity.key, via: '' },
      tag('plant/NULL'),
    ];
    const one = recipe("O'Neil, a", ...references);
    await keep(one, other);
    const { key } = one.entity;
    const { entities, references: rows } = await index.read(organizationId);
    expect(entities).toEqual([one, other].map(({ entity: { type, key, id, name } }) => [type, key, id, name]));
    expect(rows).toHaveLength(4);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['recipe', key, 'uses', 'recipe', other.entity.key, ['steps["a,b"].{c}', 'steps[2]\\']],
        ['recipe', key, 'matches', 'tag', 'plant/+/"speed", {x}\\/#', ['filter']],
        ['recipe', key, 'matches', 'recipe', other.entity.key, ['']],
        ['recipe', key, 'uses', 'tag', 'plant/NULL', ['steps[1].tag']],
      ]),
    );
  });

  it('keeps thousands at once, of each the last', async () => {
    const [first, ...others] = Array.from({ length: 2_500 }, (_, n) => recipe(`Recipe ${n}`));
    const all = others.map((other) => ({ ...other, references: [uses(first!)] }));
    const renamed = { ...first!, entity: { ...first!.entity, name: 'Renamed' } };
    await keep(first!, ...all, renamed);
    const { entities, references } = await index.read(organizationId);
    expect([entities.length, references.length]).toEqual([2_500, 2_499]);
    expect(await stored()).toContain('Renamed');
    expect(await stored()).not.toContain('Recipe 0');
    expect(await dependents(first!)).toHaveLength(100);
  });

  it('counts changes, and nothing else', async () => {
    const a = recipe('A');
    const b = recipe('B', uses(a), tag('plant/speed'));
    await keep(a, b);
    const revision = await index.revision(organizationId);
    await keep(b, a);
    await keep();
    await remove(recipe('None'));
    expect(await index.revision(organizationId)).toBe(revision);
    const changes: (() => Promise<void>)[] = [
      () => keep({ ...a, entity: { ...a.entity, name: 'A2' } }),
      () => keep({ ...b, references: [uses(a)] }),
      () => keep({ ...b, references: [uses(a), tag('plant/flow')] }),
      () => keep({ ...b, references: [uses(a, 'elsewhere'), tag('plant/flow')] }),
      () => remove(b),
    ];
    for (const [n, change] of changes.entries()) {
      await change();
      expect(await index.revision(organizationId)).toBe(revision + n + 1);
    }
  });

  describe('of an organization that had entities before', () => {
    it('is computed with the first change', async () => {
      const [a, b, c] = [recipe('A'), recipe('B'), recipe('C')];
      recipes.push(a, { ...b, references: [uses(a)] });
      await keep(c);
      expect(await stored()).toEqual(['A', 'B', 'C']);
    });

    it('is computed with the first guarded change', async () => {
      const a = recipe('A');
      recipes.push(a, recipe('B', uses(a)));
      const refused = index.guard(organizationId, guarded(a), {}, () => Promise.resolve());
      await expect(refused).rejects.toMatchObject({ kind: 'conflict', details: { dependents: [{ name: 'B' }] } });
    });

    it('is computed again where that was rolled back', async () => {
      recipes.push(recipe('A'));
      const failed = inTransaction(async () => {
        await keep(recipe('B'));
        await keep(recipe('C'));
        throw new Error('never mind');
      });
      await expect(failed).rejects.toThrow('never mind');
      await keep(recipe('D'));
      expect(await stored()).toEqual(['A', 'D']);
    });

    it('is computed once by many at the same time', async () => {
      recipes.push(recipe('A'), recipe('B'));
      await Promise.all(Array.from({ length: 5 }, (_, n) => keep(recipe(`New ${n}`))));
      expect(await stored()).toEqual(['A', 'B', 'New 0', 'New 1', 'New 2', 'New 3', 'New 4']);
    });
  });

  describe('gathering', () => {
    it('writes once, of each entity the last word', async () => {
      const [a, b, c] = [recipe('A'), recipe('B'), recipe('C')];
      await keep(a, b);
      const revision = await index.revision(organizationId);
      const result = await index.gathering(organizationId, async () => {
        await keep({ ...a, references: [uses(c)] });
        await remove(b);
        await index.gathering(organizationId, () => keep(c));
        await keep({ ...a, references: [uses(c, 'elsewhere')] });
        return 'done';
      });
      expect(result).toBe('done');
      expect(await index.revision(organizationId)).toBe(revision + 1);
      expect(await stored()).toEqual(['A', 'C']);
      expect(await dependents(c)).toMatchObject([{ name: 'A', via: ['elsewhere'] }]);
    });

    it('tells who depends on what, of all that it was told', async () => {
      const a = recipe('A');
      await index.gathering(organizationId, async () => {
        await keep(a);
        await keep(recipe('B', uses(a)));
        expect(await dependents(a)).toMatchObject([{ name: 'B' }]);
        await keep(recipe('C', uses(a)));
      });
      expect(await dependents(a)).toMatchObject([{ name: 'B' }, { name: 'C' }]);
    });

    it('writes nothing where the work fails', async () => {
      await keep(recipe('A'));
      const failed = index.gathering(organizationId, async () => {
        await keep(recipe('B'));
        await dependents(recipe('C'));
        throw new Error('never mind');
      });
      await expect(failed).rejects.toThrow('never mind');
      expect(await stored()).toEqual(['A']);
    });

    it('leaves other organizations alone', async () => {
      const other = await app.newOrganization();
      await index.gathering(organizationId, () => keep(recipe('A')));
      expect((await index.read(other)).entities).toEqual([]);
    });
  });

  describe('with two at the same time', () => {
    /** Transactions that wait for another one. */
    const waiting = async (): Promise<number> => {
      const [row] = await app.database.asSystem((manager) =>
        manager.query<[{ count: number }]>(
          `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND pid IN (
             SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
        ),
      );
      return row.count;
    };

    /** Begins the second while the first has not ended, and sees that it waits. */
    async function oneAfterTheOther<T>(first: () => Promise<unknown>, second: () => Promise<T>): Promise<T> {
      const end = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const one = inTransaction(async () => {
        await first();
        begun.resolve();
        await end.promise;
      });
      await Promise.race([begun.promise, one]);
      const other = second();
      other.catch(() => undefined);
      await eventually(async () => (await waiting()) > 0);
      end.resolve();
      await one;
      return other;
    }

    const removal = (of: Contribution) => () => index.guard(organizationId, guarded(of), {}, () => remove(of));

    it('finds those that refer to it while it is about to go', async () => {
      const a = recipe('A');
      await keep(a);
      const refused = oneAfterTheOther(() => keep(recipe('B', uses(a))), removal(a));
      await expect(refused).rejects.toMatchObject({ kind: 'conflict', details: { dependents: [{ name: 'B' }] } });
      expect(await stored()).toEqual(['A', 'B']);
    });

    it('makes whoever refers to what goes wait until it is gone', async () => {
      const a = recipe('A');
      const b = recipe('B', uses(a));
      await keep(a);
      await oneAfterTheOther(removal(a), () => keep(b));
      expect(await stored()).toEqual(['B']);
    });

    it('refuses those who refer to what went since they looked', async () => {
      const [a, b, c] = [recipe('A'), recipe('B'), recipe('C')];
      await keep(a, b);
      const looked = await index.present(organizationId, [a, b, c].map(({ entity }) => entity).concat(tagEntity));
      expect(looked).toEqual([a, b].map(({ entity: { type, key } }) => ({ type, key })));
      const refer = (to: Contribution) => () =>
        index.keep(organizationId, [recipe('D', uses(to), tag('plant'))], looked);
      await expect(oneAfterTheOther(removal(a), refer(a))).rejects.toMatchObject({
        kind: 'conflict',
        message: `Recipe ${a.entity.key} was deleted meanwhile, and recipe D refers to it at steps[0].recipeId`,
      });
      await expect(index.gathering(organizationId, refer(a))).rejects.toMatchObject({ kind: 'conflict' });
      expect(await stored()).toEqual(['B']);
      // What they do not refer to may be gone, and what was not there may be named.
      await refer(b)();
      await refer(c)();
      expect(await stored()).toEqual(['B', 'D', 'D']);
    });

    it('finds those that refer to a part of it', async () => {
      const whole = recipe('Whole');
      const part = recipe('Part', { kind: 'part', type: 'recipe', key: whole.entity.key, via: 'whole' });
      await keep(whole, part);
      const refused = oneAfterTheOther(() => keep(recipe('B', uses(part))), removal(whole));
      await expect(refused).rejects.toMatchObject({ details: { dependents: [{ name: 'B' }] } });
    });

    it.each([
      ['it', { key: 'plant/line' }],
      ['what is below it', { key: 'plant', branch: true }],
    ])('finds those that refer to %s by its path', async (_, place) => {
      tags.set('plant/line', newId());
      await keep();
      const refused = oneAfterTheOther(
        () => keep(recipe('B', tag('plant/line'), tag('plant-2'))),
        () => index.guard(organizationId, { type: 'tag', label: 'Tag', ...place }, {}, () => Promise.resolve()),
      );
      await expect(refused).rejects.toMatchObject({
        message: 'Tag is used by recipe B; with force=true it is done all the same',
      });
    });
  });
});
