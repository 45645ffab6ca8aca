import { isOriginOf } from './browser-origins';

it('isOriginOf takes pages of the platform and of the client, and no others', () => {
  const redirectUris = ['https://app.example.com/cb?x=1', 'com.example.app:/callback'];
  const allowed = (origin: string) => isOriginOf(origin, redirectUris, 'http://127.0.0.1:8080');
  expect(['https://app.example.com', 'http://127.0.0.1:8080'].map(allowed)).toEqual([true, true]);
  const others = ['https://example.com', 'http://app.example.com', 'https://app.example.com:8443', 'null', ''];
  expect(others.map(allowed)).toEqual(others.map(() => false));
});
