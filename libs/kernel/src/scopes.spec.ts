import {
  ALL_SCOPES,
  effectiveScopes,
  hasScope,
  hasScopeOn,
  parseScope,
  roleScopes,
  scopeBranches,
  scopeCovers,
} from './scopes';

describe('parseScope', () => {
  it.each([
    ['pipelines:read', { scope: 'pipelines:read' }],
    ['uns:read', { scope: 'uns:read' }],
    ['uns:read:mHv1.0/a/#', { scope: 'uns:read', branch: 'mHv1.0/a/#' }],
    ['uns:publish:mHv1.0/+/line-1', { scope: 'uns:publish', branch: 'mHv1.0/+/line-1' }],
    ['uns:read:mHv1.0/a:b/#', { scope: 'uns:read', branch: 'mHv1.0/a:b/#' }],
    ['uns:read:mHv1.0/a%20b/%C3%BC%22/50%25/#', { scope: 'uns:read', branch: 'mHv1.0/a b/ü"/50%/#' }],
  ])('reads %s', (text, expected) => {
    expect(parseScope(text)).toEqual(expected);
  });

  it.each([
    '',
    'uns',
    'uns:',
    'uns:fly',
    'UNS:read',
    'uns:read ',
    'toString:',
    'pipelines:read:mHv1.0/a',
    'pipelines:read:',
    'uns:read:',
    'uns:read:a/#/b',
    'uns:read:a+',
    'uns:read:%',
    'uns:read:%ff',
    'uns:read:a%00',
    'uns:read:a%23',
    `uns:read:${'x'.repeat(1025)}`,
    `uns:read:${'+/'.repeat(33)}+`,
  ])('refuses case %#', (text) => {
    expect(parseScope(text)).toBeUndefined();
  });
});

describe('roleScopes', () => {
  it('gives nothing without a role, and each role more than the one below', () => {
    expect(roleScopes(undefined, false)).toEqual([]);
    const [viewer, editor, admin] = (['viewer', 'editor', 'admin'] as const).map((role) => roleScopes(role, false));
    expect(editor).toEqual(expect.arrayContaining(viewer!));
    expect(admin).toEqual(expect.arrayContaining(editor!));
    expect(viewer).toContain('uns:read');
    expect(viewer!.filter((scope) => !scope.endsWith(':read'))).toEqual(['tokens:write']);
    expect(editor).not.toContain('organizations:write');
    expect(admin!.filter((scope) => /^(users|clients|system):/.test(scope))).toEqual([]);
  });

  it.each([undefined, 'viewer'] as const)('gives a system administrator everything, whatever the role (%s)', (role) => {
    expect(roleScopes(role, true)).toEqual(ALL_SCOPES);
  });
});

describe('scopeCovers', () => {
  it.each([
    ['uns:read', 'uns:read', true],
    ['uns:read', 'uns:read:mHv1.0/a/#', true],
    ['uns:read:mHv1.0/a/#', 'uns:read', false],
    ['uns:read:#', 'uns:read', false],
    ['uns:read:mHv1.0/a/#', 'uns:read:mHv1.0/a/b', true],
    ['uns:read:mHv1.0/a/#', 'uns:read:mHv1.0/+/b', false],
    ['uns:read:mHv1.0/a b/#', 'uns:read:mHv1.0/a%20b/c', true],
    ['uns:read:mHv1.0/a/#', 'uns:publish:mHv1.0/a/#', false],
    ['uns:write', 'uns:read', false],
    ['uns:read', 'uns:nothing', false],
    ['nothing', 'nothing', false],
  ])('%s over %s: %s', (granted, wanted, expected) => {
    expect(scopeCovers(granted, wanted)).toBe(expected);
  });
});

describe('effective rights', () => {
  const viewer = roleScopes('viewer', false);

  it('are what credential and role have in common', () => {
    const granted = ['uns:read:mHv1.0/a/#', 'uns:publish:mHv1.0/a/#', 'pipelines:read', 'pipelines:write', 'unknown'];
    expect(effectiveScopes(granted, viewer)).toEqual(['uns:read:mHv1.0/a/#', 'pipelines:read']);
  });

  it.each([
    ['a credential without scopes', [], viewer],
    ['a user without a role', ['uns:read', 'pipelines:write'], []],
  ])('are none for %s', (_, granted, allowed) => {
    expect(effectiveScopes(granted, allowed)).toEqual([]);
  });
});

describe('rights on topics', () => {
  const scopes = ['uns:read:mHv1.0/a/#', 'uns:read:mHv1.0/+/x%20y', 'uns:publish', 'uns:write:mHv1.0/b'];

  it.each([
    ['uns:read', 'mHv1.0/a', true],
    ['uns:read', 'mHv1.0/a/b', true],
    ['uns:read', 'mHv1.0/ab', false],
    ['uns:read', 'mHv1.0/c/x y', true],
    ['uns:read', 'mHv1.0/c/x%20y', false],
    ['uns:read', 'mHv1.0/a/+/c', true],
    ['uns:read', 'mHv1.0/+/b', false],
    ['uns:read', 'mHv1.0/#', false],
    ['uns:read', '#', false],
    ['uns:publish', 'mHv1.0/anything', true],
    ['uns:write', 'mHv1.0/b/c', false],
    ['pipelines:read', 'mHv1.0/a', false],
  ] as const)('%s on %s: %s', (wanted, topic, expected) => {
    expect(hasScopeOn(scopes, wanted, topic)).toBe(expected);
  });

  it('have the branches they are confined to', () => {
    expect(scopeBranches(scopes, 'uns:read')).toEqual(['mHv1.0/a/#', 'mHv1.0/+/x y']);
    expect(scopeBranches([...scopes, 'uns:read'], 'uns:read')).toBeUndefined();
    expect(scopeBranches(scopes, 'uns:publish')).toBeUndefined();
    expect(scopeBranches(['uns:read:%', 'pipelines:read'], 'uns:read')).toEqual([]);
  });

  it('are there on some branch or not at all', () => {
    expect(hasScope(scopes, 'uns:read')).toBe(true);
    expect(hasScope(scopes, 'pipelines:read')).toBe(false);
    expect(hasScope(['uns:read:#/x'], 'uns:read')).toBe(false);
  });
});
