import { requireCompleteRoutes, type Route } from './route-table';

const route = (handler: string, change: Partial<Route> = {}): Route => ({
  method: 'GET',
  path: '/api/v1/things',
  handler,
  access: { kind: 'public' },
  answer: 'data',
  organizationFree: false,
  organizationInPath: false,
  bodyLimit: undefined,
  idempotent: false,
  guardedByVersion: false,
  ...change,
});

describe('requireCompleteRoutes', () => {
  it('is content with routes that say everything', () => {
    expect(() => requireCompleteRoutes([route('Things.list')])).not.toThrow();
  });

  it('names every route that does not', () => {
    const routes = [
      route('Things.list', { access: undefined }),
      route('Things.get', { answer: undefined }),
      route('Things.start', { idempotent: true, organizationFree: true }),
    ];
    expect(() => requireCompleteRoutes(routes)).toThrow(
      /Things\.list needs @Scopes[^]*Things\.get needs[^]*Things\.start has no organization/,
    );
  });
});
