import { configProblems, consumeProblems, publishProblems, serversOf, subscribeProblems } from './nats-config';

const said = (problems: { message: string }[]): string[] => problems.map(({ message }) => message);

describe('a NATS connection', () => {
  it('knows a list of servers', () => {
    expect(serversOf('nats://a:4223, b ,tls://[::1]')).toEqual([
      { host: 'a', port: 4223, where: 'a:4223' },
      { host: 'b', port: 4222, where: 'b:4222' },
      { host: '::1', port: 4222, where: '[::1]:4222' },
    ]);
    expect(configProblems({ servers: 'nats://a:4223,b' })).toEqual([]);
  });

  it.each(['', 'a,,b', 'http://a', 'nats://u:p@a', 'nats://a/x', Array(21).fill('a').join()])(
    'refuses %p',
    (servers) => {
      expect(said(configProblems({ servers }))).toEqual([
        'servers must be up to 20 addresses like nats://host:port, without credentials',
      ]);
    },
  );

  it('has the credentials of its type', () => {
    expect(configProblems({ servers: 'a', auth: { type: 'user', username: 'u', password: 'p' } })).toEqual([]);
    expect(said(configProblems({ servers: 'a', auth: { type: 'token', password: 'p' } }))).toEqual([
      'auth.password is not for type token',
    ]);
  });
});

describe('subjects', () => {
  it('are tokens, with wildcards where one listens', () => {
    expect(publishProblems({ subject: 'plant.(( line )).t' })).toEqual([]);
    expect(publishProblems({ subject: 'plant.*', reply: 'a b' })).toHaveLength(2);
    expect(publishProblems({ subject: 'plant..t' })).toHaveLength(1);
    expect(subscribeProblems({ subjects: ['plant.*.t', '>', 'plant.>'] })).toEqual([]);
    expect(subscribeProblems({ subjects: ['>.t', 'plant.a*', 'a b', ''] })).toHaveLength(4);
    expect(consumeProblems({ stream: 's', filterSubject: 'a.>' })).toEqual([]);
    expect(consumeProblems({ stream: 's', filterSubject: 'a.>', durable: 'd' })).toHaveLength(1);
  });
});
