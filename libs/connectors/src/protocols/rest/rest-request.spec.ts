import type { DomainError, JsonValue } from '#kernel';
import { fillPlaces } from '../../functions/places';
import { functionProblems, configProblems, type RestFunctionConfig } from './rest-config';
import { encoderAt } from './rest-places';
import { addressOf, redirected, requestOf } from './rest-request';

const BASE = { baseUrl: 'https://mes.example.com/api/' };

const fill = (config: object, values: { [name: string]: JsonValue }) =>
  fillPlaces(config as { [name: string]: JsonValue }, { values: new Map(Object.entries(values)), encoderAt });

const send = (config: object, values: { [name: string]: JsonValue } = {}, method: 'GET' | 'POST' = 'POST') =>
  requestOf(method, BASE, fill(config, values) as unknown as RestFunctionConfig, 'key');

describe('addresses', () => {
  it.each([
    ['https://a/api', '/x', 'https://a/api/x'],
    ['https://a/api/', 'x', 'https://a/api/x'],
    ['https://a', '', 'https://a/'],
    ['https://a/api', '', 'https://a/api/'],
    ['https://a/api', '?q=1', 'https://a/api/?q=1'],
    ['https://a', '//evil.example/x', 'https://a/evil.example/x'],
    ['https://a', '/\\evil.example/x', 'https://a/evil.example/x'],
    ['https://a', '@evil.example/x', 'https://a/@evil.example/x'],
    ['https://a', 'https://evil.example/', 'https://a/https://evil.example/'],
  ])('%s and %j make %s', (base, path, url) => {
    expect(addressOf(base, path).href).toBe(url);
  });
});

describe('parameters in a path', () => {
  it.each([
    ['a/b', 'a%2Fb'],
    ['a?b=1&c#d', 'a%3Fb%3D1%26c%23d'],
    ['a b%20', 'a%20b%2520'],
    ['ä\\', '%C3%A4%5C'],
    [5, '5'],
    ['\ud800', '%EF%BF%BD'],
  ])('%j stay within their segment', (value, encoded) => {
    expect(send({ path: '/x/((v))/y' }, { v: value }).url.pathname).toBe(`/api/x/${encoded}/y`);
  });

  it.each(['..', '.', '%2e%2e'])('that are %j do not climb', (value) => {
    const filled = fill({ path: '/x/((v))/y' }, { v: value });
    const climbs = value.startsWith('.');
    expect(functionProblems(filled).map(({ message }) => message)).toEqual(
      climbs ? ['path must not have . or .. as a segment'] : [],
    );
  });

  it('are not empty', () => {
    expect(() => fill({ path: '/x/((v))' }, { v: '' })).toThrow('Parameter v must not be empty in a path');
    expect(fill({ path: '/x?v=((v))' }, { v: '' })).toEqual({ path: '/x?v=' });
  });
});

describe('parameters elsewhere', () => {
  it('are encoded in the query, where a list repeats and nothing is left out', () => {
    const config = { path: '/x?fixed=((a))', query: { a: '((a))', list: '((l))', text: 'x ((n))', none: '((none))' } };
    const { url } = send(config, { a: 'a&b=c', l: ['1', 2], n: 1 });
    expect(url.search).toBe('?fixed=a%26b%3Dc&a=a%26b%3Dc&list=1&list=2&text=x+1');
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'snow ☃', '\0'])('cannot be %j in a header', (value) => {
    let refusal: DomainError | undefined;
    try {
      fill({ path: '/', headers: { 'X-A': '((v))' } }, { v: value });
    } catch (error) {
      refusal = error as DomainError;
    }
    expect(refusal).toMatchObject({
      kind: 'bad_request',
      message: 'Parameter v must be one line of Latin letters in a header',
    });
  });

  it.each<[string, object, { [name: string]: JsonValue }, string, string]>([
    ['JSON', { body: { a: '((v))', b: 'n ((v))' } }, { v: 1 }, 'application/json', '{"a":1,"b":"n 1"}'],
    ['the value itself', { body: '((v))' }, { v: [1] }, 'application/json', '[1]'],
    ['text', { body: 'x ((v))' }, { v: '"' }, 'text/plain; charset=utf-8', 'x "'],
    [
      'text that is JSON',
      { headers: { 'Content-Type': 'application/json' }, body: '{"a":"((v))"}' },
      { v: '","admin":"' },
      'application/json',
      '{"a":"\\",\\"admin\\":\\""}',
    ],
    [
      'text that is XML',
      { headers: { 'Content-Type': 'application/xml' }, body: '<a>((v))</a>' },
      { v: '</a><b>&' },
      'application/xml',
      '<a>&lt;/a&gt;&lt;b&gt;&amp;</a>',
    ],
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: { a: '((v))', b: [1, 2] } },
      { v: 'x&y' },
      'application/x-www-form-urlencoded',
      'a=x%26y&b=1&b=2',
    ],
    [
      'a form as text',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=((v))' },
      { v: 'x&y=1' },
      'application/x-www-form-urlencoded',
      'a=x%26y%3D1',
    ],
  ])('are sent as %s', (_, config, values, type, body) => {
    const request = send({ path: '/', ...config }, values);
    expect([request.headers['content-type'], request.body]).toEqual([type, body]);
  });

  it('come with the key of their effect, unless they only read', () => {
    expect(send({ path: '/' }).headers['idempotency-key']).toBe('key');
    expect(send({ path: '/' }, {}, 'GET').headers['idempotency-key']).toBeUndefined();
  });
});

describe('a redirect', () => {
  const request = { ...send({ path: '/x', headers: { 'X-Own': '1' }, body: { a: 1 } }), method: 'POST' as const };

  it('within the server keeps everything, without the body where it becomes GET', () => {
    expect(redirected(request, 307, '/y')).toMatchObject({
      method: 'POST',
      headers: { 'x-own': '1' },
      body: '{"a":1}',
    });
    const got = redirected(request, 303, '/y')!;
    expect(got).toMatchObject({ method: 'GET', url: new URL('https://mes.example.com/y'), body: undefined });
    expect(Object.keys(got.headers)).toEqual(expect.not.arrayContaining(['content-type', 'idempotency-key']));
  });

  it('to another server takes nothing of what was for this one', () => {
    const next = redirected(
      { ...request, headers: { ...request.headers, authorization: 'x' } },
      302,
      '//other.example/',
    )!;
    expect(Object.keys(next.headers).sort()).toEqual(['accept', 'accept-encoding', 'user-agent']);
    expect(redirected(request, 308, 'http://mes.example.com/')!.headers).not.toHaveProperty('x-own');
  });

  it('is followed where there is one', () => {
    expect([
      redirected(request, 304, '/y'),
      redirected(request, 302, undefined),
      redirected(request, 302, 'http://'),
    ]).toEqual([undefined, undefined, undefined]);
  });
});

describe('a config', () => {
  it.each<[{ [name: string]: JsonValue }, string[]]>([
    [{ baseUrl: 'https://a/b' }, []],
    [{ baseUrl: 'ftp://a' }, ['baseUrl must be an http or https address']],
    [{ baseUrl: 'https://u:p@a' }, ['baseUrl must not carry credentials; use auth']],
    [{ baseUrl: 'https://a?x=1' }, ['baseUrl must not have a query or fragment']],
    [{ baseUrl: 'https://a', headers: { Cookie: 'x' } }, ['Header Cookie belongs into auth, where it is kept secret']],
    [{ baseUrl: 'https://a', headers: { Host: 'x' } }, ['Header Host is set by the connection itself']],
    [{ baseUrl: 'https://a', headers: { 'a b': 'x' } }, ['"a b" is not a header\'s name']],
    [{ baseUrl: 'https://a', headers: { a: 'x\ny' } }, ['Header a must be one line of Latin letters']],
    [{ baseUrl: 'https://a', auth: { type: 'basic', username: 'a:b' } }, ['auth.username must not contain a colon']],
    [{ baseUrl: 'https://a', auth: { type: 'none', value: 'x' } }, ['auth.value is not for type none']],
    [{ baseUrl: 'https://a', tls: { ca: 'x' } }, ['tls.ca cannot be read as PEM']],
    [{ baseUrl: 'https://a', tls: { key: 'x' } }, ['tls.cert is required with tls.key']],
    [{ baseUrl: 'https://a', healthPath: '/../x' }, ['healthPath must not have . or .. as a segment']],
  ])('%j', (config, messages) => {
    expect(configProblems(config).map(({ message }) => message)).toEqual(messages);
  });
});
