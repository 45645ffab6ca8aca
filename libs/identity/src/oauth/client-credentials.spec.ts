import { readClientCredentials } from './client-credentials';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('readClientCredentials', () => {
  it('reads the header, form-decoded, and the form', () => {
    expect(readClientCredentials(basic('a%3Ab:c+d'), {})).toEqual({ clientId: 'a:b', secret: 'c d' });
    expect(readClientCredentials(basic('a:b'), { client_id: 'a' })).toEqual({ clientId: 'a', secret: 'b' });
    expect(readClientCredentials(undefined, { client_id: 'a', client_secret: 'b' })).toEqual({
      clientId: 'a',
      secret: 'b',
    });
    expect(readClientCredentials(undefined, { client_id: 'a' })).toEqual({ clientId: 'a', secret: undefined });
  });

  it.each<[string | undefined, Record<string, string>]>([
    [undefined, {}],
    ['Bearer x', {}],
    [basic('a'), {}],
    [basic('a:'), {}],
    [basic('a:%'), {}],
    [basic('a:b'), { client_id: 'other' }],
    [basic('a:b'), { client_id: 'a', client_secret: 'b' }],
  ])('refuses %p with %p', (authorization, form) => {
    expect(() => readClientCredentials(authorization, form)).toThrow(
      expect.objectContaining({ status: 400, code: 'invalid_request' }),
    );
  });
});
