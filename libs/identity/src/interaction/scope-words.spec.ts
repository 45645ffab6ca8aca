import { scopeGroups } from './scope-words';

it('scopeGroups puts scopes into words by area, with their branches readable', () => {
  expect(scopeGroups(['openid', 'uns:read', 'models:read', 'uns:publish:mHv1.0/line%201/#'])).toEqual([
    { name: 'Your account', lines: [{ text: 'Know who you are' }] },
    {
      name: 'UNS',
      lines: [{ text: 'Read and subscribe to topics' }, { text: 'Publish data to topics', branch: 'mHv1.0/line 1/#' }],
    },
    { name: 'Models', lines: [{ text: 'Read data models' }] },
  ]);
});
