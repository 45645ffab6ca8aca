import { clientProblems, exceedingScope, type ClientShape } from './client-rules';

const shape = (over: Partial<ClientShape> = {}): ClientShape => ({
  type: 'confidential',
  grantTypes: ['client_credentials'],
  redirectUris: [],
  scopes: ['uns:read'],
  ...over,
});

describe('clientProblems', () => {
  it('takes a service and a web application', () => {
    const web = shape({
      type: 'public',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: ['http://localhost:3000/callback', 'com.example.app:/callback', 'https://app.example.com/cb?x=1'],
      scopes: ['openid', 'offline_access', 'uns:read:mHv1.0/a/#'],
    });
    expect(clientProblems(shape())).toEqual([]);
    expect(clientProblems(web)).toEqual([]);
  });

  it.each<[Partial<ClientShape>, string]>([
    [{ type: 'public' }, 'Grant types of a public client must not include client_credentials'],
    [{ grantTypes: ['refresh_token'] }, 'Grant type refresh_token needs authorization_code beside it'],
    [{ grantTypes: ['authorization_code'] }, 'Redirect uris are required for authorization_code'],
    [{ redirectUris: ['/callback'] }, 'Redirect uri /callback is not an absolute address'],
    [{ redirectUris: ['https://a/#b'] }, 'Redirect uri https://a/#b must not have a fragment'],
    [{ redirectUris: ['javascript:alert(1)'] }, 'Redirect uri javascript:alert(1) must be a web address'],
    [{ scopes: ['uns:fly'] }, 'Scope uns:fly is not known'],
  ])('refuses %j', (over, message) => {
    expect(clientProblems(shape(over)).map((problem) => problem.message)).toEqual([message]);
  });

  it('does not let a credential register more than it has', () => {
    expect(exceedingScope(['uns:read'], shape({ scopes: ['uns:read:mHv1.0/#', 'openid'] }))).toBeUndefined();
    expect(exceedingScope(['uns:read'], shape({ scopes: ['uns:read', 'uns:write'] }))).toBe('uns:write');
  });
});
