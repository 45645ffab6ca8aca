import { pageHeaders } from './page-headers';

const formAction = (redirectUri?: string): string | undefined =>
  /form-action ([^;]+)/.exec(pageHeaders(redirectUri)['Content-Security-Policy']!)?.[1];

it.each<[string | undefined, string]>([
  [undefined, `'none'`],
  ['https://erp.example.com/callback?x=1', `'self' https://erp.example.com`],
  ['http://127.0.0.1:3000/cb', `'self' http://127.0.0.1:3000`],
  ['http://[::1]:3000/cb', `'self' http:`],
  ['com.example.app:/cb', `'self' com.example.app:`],
])('forms of pages for %p may lead to %p', (redirectUri, expected) => expect(formAction(redirectUri)).toBe(expected));
