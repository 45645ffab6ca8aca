import { parseScope, SCOPES } from '#kernel';

/** Scopes of one area in words. */
export interface ScopeGroup {
  name: string;
  lines: { text: string; branch?: string }[];
}

const ACCOUNT = 'Your account';

const OF_ACCOUNT: Record<string, string> = {
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your e-mail address',
  offline_access: 'Stay signed in while you are away',
};

/** What a client asks for, as people read it: by areas, in the order asked. */
export function scopeGroups(scopes: readonly string[]): ScopeGroup[] {
  const groups = new Map<string, ScopeGroup['lines']>();
  for (const scope of scopes) {
    const [group, line] = wordsOf(scope);
    groups.set(group, [...(groups.get(group) ?? []), line]);
  }
  return [...groups].map(([name, lines]) => ({ name, lines }));
}

function wordsOf(scope: string): [group: string, line: ScopeGroup['lines'][number]] {
  const parsed = parseScope(scope);
  if (!parsed) return [ACCOUNT, { text: OF_ACCOUNT[scope] ?? scope }];
  const { group, description } = SCOPES[parsed.scope];
  return [group, { text: description, ...(parsed.branch !== undefined && { branch: parsed.branch }) }];
}
