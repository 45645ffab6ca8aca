import { FolderPaths } from './folder-paths';

const paths = new FolderPaths([
  { id: '1', name: 'Plant', parentId: null },
  { id: '2', name: 'Line / 1', parentId: '1' },
]);

it('names dashboards by the folders that they lie in', () => {
  expect(paths.pathOf({ name: 'All', folderId: null })).toBe('All');
  expect(paths.pathOf({ name: 'All', folderId: '2' })).toBe('Plant/Line ~1 1/All');
});

it('finds folders whatever their case', () => {
  expect(paths.find(null, 'PLANT')).toBe('1');
  expect(paths.find('1', 'line / 1')).toBe('2');
  expect(paths.find(null, 'line / 1')).toBeUndefined();
});
