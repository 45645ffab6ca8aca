import { wantedAt } from './page-paths';

describe('addresses of pages', () => {
  it.each([
    '/dashboards',
    '/dashboards/',
    '/dashboards/0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d',
    '/explorer',
    '/dependencies',
    '/signed-in',
  ])('%s is one', (path) => {
    expect(wantedAt(path)).toEqual({ kind: 'page' });
  });

  it('begin with the dashboards', () => {
    expect(wantedAt('/')).toEqual({ kind: 'elsewhere', location: '/dashboards' });
  });

  it('have files beside them', () => {
    expect(wantedAt('/assets/main-ABC.js')).toEqual({ kind: 'asset', name: 'assets/main-ABC.js' });
  });

  it.each([
    '/dashboards/a/b',
    '/dashboards/..',
    '/assets/',
    '/assets/../index.html',
    '/assets/a/b.js',
    '/index.html',
    '/api/v1',
  ])('%s is none', (path) => {
    expect(wantedAt(path)).toBeUndefined();
  });
});
