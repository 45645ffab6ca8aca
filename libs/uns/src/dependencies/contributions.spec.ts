import { modelTargets } from './contributions';

it('names a model by its id as the graph has it, however a caller has written it', () => {
  expect(modelTargets('01890A5D-AC96-774B-BCCE-B302099A805A')).toEqual([
    { type: 'model', key: '01890a5d-ac96-774b-bcce-b302099a805a' },
  ]);
  expect([modelTargets(null), modelTargets(undefined)]).toEqual([[], []]);
});
