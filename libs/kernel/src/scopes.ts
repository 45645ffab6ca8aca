/** The catalogue of scopes: what a credential may be given, and what each organization role includes. */
import { filterCovers, filterProblem } from './mqtt-filter';
import { MAX_TOPIC_LENGTH, MAX_TOPIC_LEVELS } from './topic-path';

export const ROLES = ['viewer', 'editor', 'admin'] as const;
/** A member's role in one organization; a system administrator counts as admin of every organization. */
export type Role = (typeof ROLES)[number];

interface ScopeEntry {
  group: string;
  description: string;
  /** The lowest role that includes it; `system` belongs to system administrators. */
  from: Role | 'system';
}

export const SCOPES = {
  'pipelines:read': { group: 'Pipelines', description: 'Read pipelines, nodes and executions', from: 'viewer' },
  'pipelines:write': { group: 'Pipelines', description: 'Create, change and delete pipelines', from: 'editor' },
  'pipelines:execute': { group: 'Pipelines', description: 'Run, retry and cancel pipelines', from: 'editor' },
  'models:read': { group: 'Models', description: 'Read data models', from: 'viewer' },
  'models:write': { group: 'Models', description: 'Create, change and delete data models', from: 'editor' },
  'connectors:read': {
    group: 'Connectors',
    description: 'Read connections, functions and their state',
    from: 'viewer',
  },
  'connectors:write': { group: 'Connectors', description: 'Create, change and delete connections', from: 'editor' },
  'connectors:execute': { group: 'Connectors', description: 'Start, stop and call connections', from: 'editor' },
  'uns:read': { group: 'UNS', description: 'Read and subscribe to topics', from: 'viewer' },
  'uns:write': { group: 'UNS', description: 'Create, change and delete topics', from: 'editor' },
  'uns:publish': { group: 'UNS', description: 'Publish data to topics', from: 'editor' },
  'dashboards:read': { group: 'Dashboards', description: 'Read dashboards', from: 'viewer' },
  'dashboards:write': { group: 'Dashboards', description: 'Create, change and delete dashboards', from: 'editor' },
  'organizations:read': {
    group: 'Organizations',
    description: 'Read the organization and its settings',
    from: 'viewer',
  },
  'organizations:write': {
    group: 'Organizations',
    description: 'Change the organization and its members',
    from: 'admin',
  },
  'dependencies:read': { group: 'Dependencies', description: 'Read the dependency graph', from: 'viewer' },
  'dependencies:export': { group: 'Dependencies', description: 'Export configuration', from: 'editor' },
  'dependencies:import': { group: 'Dependencies', description: 'Import configuration', from: 'admin' },
  'audit:read': { group: 'Organizations', description: 'Read the audit trail', from: 'admin' },
  'tokens:read': { group: 'Access tokens', description: 'List your own access tokens', from: 'viewer' },
  'tokens:write': { group: 'Access tokens', description: 'Create and revoke your own access tokens', from: 'viewer' },
  'users:read': { group: 'Instance', description: 'Read users', from: 'system' },
  'users:write': { group: 'Instance', description: 'Create, change and delete users', from: 'system' },
  'clients:read': { group: 'Instance', description: 'Read OAuth2 clients', from: 'system' },
  'clients:write': { group: 'Instance', description: 'Create, change and delete OAuth2 clients', from: 'system' },
  'system:read': { group: 'Instance', description: 'Read the settings of the instance', from: 'system' },
  'system:write': { group: 'Instance', description: 'Change the settings of the instance', from: 'system' },
} as const satisfies Record<string, ScopeEntry>;

export type Scope = keyof typeof SCOPES;

export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

/** A granted scope: a catalogue scope, or a `uns:*` one narrowed to a branch (`uns:publish:mHv1.0/line-1/#`). */
export type GrantedScope = string;

const isScope = (text: string): text is Scope => Object.hasOwn(SCOPES, text);

/** Splits a granted scope into its catalogue scope and, where it is narrowed, its MQTT filter. */
export function parseScope(granted: GrantedScope): { scope: Scope; branch?: string } | undefined {
  const [area, action, ...rest] = granted.split(':');
  const scope = `${area}:${action}`;
  if (!isScope(scope)) return undefined;
  if (rest.length === 0) return { scope };
  if (area !== 'uns') return undefined;
  const branch = decodeBranch(rest.join(':'));
  return branch && isBranch(branch) ? { scope, branch } : undefined;
}

/** What is longer than any topic selects none, and would cost every request that has to compare it. */
const isBranch = (text: string): boolean =>
  text.length <= MAX_TOPIC_LENGTH &&
  text.split('/').length <= MAX_TOPIC_LEVELS + 1 &&
  filterProblem(text) === undefined;

// RFC 6749 allows few characters in a scope; levels with others come percent-encoded.
function decodeBranch(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const RANK: Record<ScopeEntry['from'], number> = { viewer: 0, editor: 1, admin: 2, system: 3 };

/** The scopes a role includes; no role includes none. */
export function roleScopes(role: Role | undefined, systemAdmin: boolean): Scope[] {
  const rank = systemAdmin ? RANK.system : role === undefined ? -1 : RANK[role];
  return ALL_SCOPES.filter((scope) => RANK[SCOPES[scope].from] <= rank);
}

/** Whether holding `granted` includes all that `wanted` stands for. */
export function scopeCovers(granted: GrantedScope, wanted: GrantedScope): boolean {
  const outer = parseScope(granted);
  const inner = parseScope(wanted);
  if (!outer || !inner || outer.scope !== inner.scope) return false;
  if (outer.branch === undefined) return true;
  return inner.branch !== undefined && filterCovers(outer.branch, inner.branch);
}

/** Effective rights: those scopes of the credential that the role includes too. */
export function effectiveScopes(granted: readonly GrantedScope[], allowed: readonly Scope[]): GrantedScope[] {
  return granted.filter((scope) => allowed.some((other) => scopeCovers(other, scope)));
}

/** Whether any of the scopes gives the action at all, on whatever branch. */
export const hasScope = (scopes: readonly GrantedScope[], wanted: Scope): boolean =>
  scopes.some((scope) => parseScope(scope)?.scope === wanted);

/** Whether the scopes give the action on one topic, or on all topics of a filter. */
export const hasScopeOn = (scopes: readonly GrantedScope[], wanted: Scope, topicOrFilter: string): boolean =>
  scopes.some((granted) => {
    const parsed = parseScope(granted);
    return parsed?.scope === wanted && (parsed.branch === undefined || filterCovers(parsed.branch, topicOrFilter));
  });

/** The branches to which an action is confined; undefined when it holds everywhere. */
export function scopeBranches(scopes: readonly GrantedScope[], wanted: Scope): string[] | undefined {
  const parsed = scopes.map(parseScope).filter((scope) => scope?.scope === wanted);
  if (parsed.some((scope) => scope!.branch === undefined)) return undefined;
  return parsed.map((scope) => scope!.branch!);
}
