import type { Contribution } from '#platform/dependencies';
import { Gathering } from './gathering';

const called = (key: string, name: string): Contribution => ({
  entity: { type: 'model', key, id: key, name },
  references: [],
});

const ofA = { type: 'model', key: 'a' };

it('has the last word on each entity', () => {
  const gathering = new Gathering('org');
  gathering.keep([called('a', 'First'), called('b', 'B')]);
  gathering.keep([called('a', 'Second')]);
  gathering.remove([{ type: 'model', key: 'b' }]);
  expect(gathering.take()).toEqual({
    kept: [called('a', 'Second')],
    removed: [{ type: 'model', key: 'b' }],
    expected: [],
  });
});

it('keeps what is made again after its removal', () => {
  const gathering = new Gathering('org');
  gathering.remove([ofA]);
  gathering.keep([called('a', 'Again')]);
  expect(gathering.take()).toEqual({ kept: [called('a', 'Again')], removed: [], expected: [] });
});

it('begins anew once it was taken', () => {
  const gathering = new Gathering('org');
  gathering.keep([called('a', 'A')]);
  gathering.take();
  expect(gathering.take()).toEqual({ kept: [], removed: [], expected: [] });
});
