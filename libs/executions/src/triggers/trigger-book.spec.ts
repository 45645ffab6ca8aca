import type { Lifecycle } from '#platform/lifecycle';
import type { PipelineTriggers } from '#pipelines';
import { TriggerBook } from './trigger-book';

it('tells of all that was changed before it was asked, also where it was looking already', async () => {
  let revision = 1;
  const begun = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const seen: number[] = [];
  const triggers = {
    revisions: async () => {
      const revisions = new Map([['organization', revision]]);
      begun.resolve();
      await answer.promise;
      return revisions;
    },
    of: () => Promise.resolve([]),
  } as unknown as PipelineTriggers;
  const book = new TriggerBook(triggers, {} as Lifecycle);
  book.listen(() => seen.push(revision));
  const before = book.look();
  await begun.promise;
  revision = 2;
  const asked = Promise.all([book.look(), book.look()]);
  answer.resolve();
  await before;
  expect(seen).toHaveLength(1);
  await asked;
  expect(seen).toHaveLength(2);
});
