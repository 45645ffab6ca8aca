import type { Route } from '#platform/http';

type Address = Pick<Route, 'method' | 'path'>;

const isParameter = (segment: string | undefined): boolean => segment?.startsWith(':') ?? false;

const overlaps = (a: Address, b: Address): boolean => a.method === b.method || a.method === 'ALL' || b.method === 'ALL';

/**
 * The router takes the first route that fits. Where two fit one address, the one with the fixed segment has to be
 * first (`/connections/state-history` before `/connections/:id`). Gives a line for each that is not.
 */
export function shadowedRoutes(routes: readonly Address[]): string[] {
  return routes.flatMap((later, index) =>
    routes
      .slice(0, index)
      .filter((earlier) => overlaps(earlier, later) && hides(earlier.path.split('/'), later.path.split('/')))
      .map((earlier) => `${later.method} ${later.path} stands behind ${earlier.method} ${earlier.path}`),
  );
}

function hides(earlier: string[], later: string[]): boolean {
  if (earlier.length !== later.length) return false;
  const pairs = earlier.map((segment, index) => [segment, later[index]] as const);
  const bothFit = pairs.every(([a, b]) => a === b || isParameter(a) || isParameter(b));
  const different = pairs.find(([a, b]) => isParameter(a) !== isParameter(b));
  return bothFit && (different === undefined || isParameter(different[0]));
}

/** Questions that are too long for an address: they are posted, and change nothing. */
export const ASKS = /\/(validate|analyze)$/;

/** What only happens has no versions: nothing there is an entity with an ETag. */
const HAPPENS = /\/engine\/executions\//;

const endsWithParameter = ({ path }: Address): boolean => isParameter(path.split('/').at(-1));

/** What the kind of a route demands of its decorators; gives a line for each that breaks it. */
export function shapeFaults(routes: readonly Route[]): string[] {
  const shaped = routes.filter(({ answer }) => answer !== 'raw');
  const entities = shaped.filter((route) => endsWithParameter(route) && route.answer === 'entity');
  const collections = new Set(entities.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  const expectations: [says: string, applies: (route: Route) => boolean, holds: (route: Route) => boolean][] = [
    [
      'reads or changes one entity, so it answers @AnswersEntity',
      (route) =>
        ['GET', 'PUT', 'PATCH'].includes(route.method) && endsWithParameter(route) && !HAPPENS.test(route.path),
      (route) => route.answer === 'entity',
    ],
    [
      'changes one entity, so it is @GuardedByVersion',
      (route) => ['PUT', 'PATCH'].includes(route.method) && endsWithParameter(route),
      (route) => route.guardedByVersion,
    ],
    [
      'lists entities, so it answers @AnswersList',
      (route) => route.method === 'GET' && collections.has(route.path),
      (route) => route.answer === 'list',
    ],
    [
      'makes an entity, so it answers @AnswersCreated',
      (route) => route.method === 'POST' && collections.has(route.path),
      (route) => route.answer === 'created',
    ],
    [
      'deletes one entity, so it answers @AnswersNothing, or @Answers with its dependents',
      (route) => route.method === 'DELETE' && endsWithParameter(route),
      (route) => route.answer === 'none' || route.answer === 'data',
    ],
    [
      'starts or publishes something, so it is @Idempotent',
      ({ method, access }) => method === 'POST' && access?.kind === 'scope' && /:(publish|execute)$/.test(access.scope),
      (route) => route.idempotent,
    ],
    [
      'changes something, so its scope is none to read',
      ({ method, path }) => method !== 'GET' && !ASKS.test(path),
      ({ access }) => access?.kind !== 'scope' || !access.scope.endsWith(':read'),
    ],
  ];
  return expectations.flatMap(([says, applies, holds]) =>
    shaped
      .filter((route) => applies(route) && !holds(route))
      .map(({ method, path, handler }) => `${method} ${path} (${handler}) ${says}`),
  );
}
