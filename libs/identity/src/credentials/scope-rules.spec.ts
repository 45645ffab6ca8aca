import { requestedScopes, uncoveredScope, unknownScope } from './scope-rules';

describe('scope rules', () => {
  it('know what is in the catalogue', () => {
    expect(unknownScope(['uns:read', 'uns:publish:mHv1.0/line-1/#', 'models:write'])).toBeUndefined();
    expect(unknownScope(['uns:read', 'uns:fly'])).toBe('uns:fly');
    expect(unknownScope(['pipelines:read:mHv1.0/#'])).toBe('pipelines:read:mHv1.0/#');
    expect(unknownScope(['openid'])).toBe('openid');
  });

  it('let nobody hand out more than they have', () => {
    expect(uncoveredScope(['uns:publish'], ['uns:publish:mHv1.0/a/#'])).toBeUndefined();
    expect(uncoveredScope(['uns:publish:mHv1.0/a/#'], ['uns:publish:mHv1.0/a/b'])).toBeUndefined();
    expect(uncoveredScope(['uns:publish:mHv1.0/a/#'], ['uns:publish'])).toBe('uns:publish');
    expect(uncoveredScope([], ['uns:read'])).toBe('uns:read');
  });

  it('give a client that asks for nothing all its scopes of the platform', () => {
    expect(requestedScopes(undefined, ['uns:read', 'openid'])).toEqual(['uns:read']);
    expect(requestedScopes('uns:write uns:read uns:write', ['uns:read'])).toEqual(['uns:write', 'uns:read']);
  });
});
