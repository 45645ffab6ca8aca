import { AddressRules } from './address-rules';
import { guardedLookup, OutboundRefused } from './outbound-rules';

const rules = new AddressRules({ loopback: false });
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

describe('addresses', () => {
  it.each([
    ['169.254.169.254', 'cloud metadata'],
    ['100.100.100.200', 'cloud metadata'],
    ['168.63.129.16', 'cloud metadata'],
    ['fd00:ec2::254', 'cloud metadata'],
    ['FD00:0EC2:0:0::254', 'cloud metadata'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['ff02::1', 'multicast'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['255.255.255.255', 'broadcast'],
    ['250.1.2.3', 'reserved'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
  ])('%s is %s', (address, rule) => {
    expect(rules.refusing(address)).toBe(`${rule} addresses may not be reached`);
  });

  it.each([
    ['mapped', '::ffff:169.254.169.254'],
    ['mapped, in hexadecimal', '::ffff:a9fe:a9fe'],
    ['mapped, in full', '0:0:0:0:0:FFFF:A9FE:A9FE'],
    ['compatible', '::169.254.169.254'],
    ['translated', '::ffff:0:169.254.169.254'],
    ['by NAT64', '64:ff9b::169.254.169.254'],
    ['by NAT64 of a local prefix', '64:ff9b:1::a9fe:a9fe'],
    ['by 6to4', '2002:a9fe:a9fe::1'],
  ])('%s count as the IPv4 address inside', (_, address) => {
    expect(rules.refusing(address)).toMatch(/^cloud metadata/);
  });

  it.each(['::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'])('%s is loopback', (address) => {
    expect(rules.refusing(address)).toMatch(/^loopback/);
    expect(new AddressRules({ loopback: true }).refusing(address)).toBeUndefined();
  });

  it.each(['127.0.0.1', '::1'])('%s is allowed where loopback is', (address) => {
    expect(new AddressRules({ loopback: true }).refusing(address)).toBeUndefined();
  });

  it.each([
    '10.0.0.5',
    '172.16.0.1',
    '192.168.1.10',
    '100.64.0.1',
    '8.8.8.8',
    'fd12:3456::1',
    '2001:db8::1',
    '::ffff:10.0.0.5',
  ])('%s may be reached', (address) => {
    expect(rules.refusing(address)).toBeUndefined();
  });

  it.each([
    ['decimal', 'http://2852039166/'],
    ['octal', 'http://0251.0376.0251.0376/'],
    ['hexadecimal', 'http://0xa9fea9fe/'],
    ['hexadecimal parts', 'http://0xa9.0xfe.0xa9.0xfe/'],
    ['mixed', 'http://169.0xfe.0251.254/'],
    ['fewer parts', 'http://169.254.43518/'],
    ['a dot at the end', 'http://169.254.169.254./'],
    ['full-width digits', 'http://１６９.254.169.254/'],
    ['other dots', 'http://169。254。169。254/'],
    ['in brackets', 'http://[::ffff:169.254.169.254]/'],
    ['in brackets, in hexadecimal', 'http://[::FFFF:A9FE:A9FE]/'],
  ])('of URLs are judged in every spelling: %s', (_, url) => {
    expect(rules.refusing(hostOf(url))).toMatch(/^cloud metadata/);
  });

  it('are nothing else', () => {
    expect(() => rules.refusing('localhost')).toThrow('not an IP address');
  });
});

describe('rules of an organization', () => {
  const rules = new AddressRules(
    { loopback: false },
    { allowed: ['10.4.0.0/16', 'fd12::/16', '127.0.0.1'], refused: ['10.4.7.0/24'] },
  );
  const SETTINGS = 'the settings of the organization do not allow it';

  it.each(['10.4.0.1', '10.4.255.1', 'fd12::1', '::ffff:10.4.0.1'])('let %s through', (address) => {
    expect(rules.refusing(address)).toBeUndefined();
  });

  it.each(['10.5.0.1', '192.168.0.1', '10.4.7.9', '::ffff:10.4.7.9', 'fd13::1'])('refuse %s', (address) => {
    expect(rules.refusing(address)).toBe(SETTINGS);
  });

  it('allow nothing that the instance refuses', () => {
    expect(rules.refusing('127.0.0.1')).toMatch(/^loopback/);
  });

  it('refuse some of everything where nothing is said of what is allowed', () => {
    const some = new AddressRules({ loopback: true }, { allowed: [], refused: ['0.0.0.0/0'] });
    expect([some.refusing('10.0.0.1'), some.refusing('fd00::1')]).toEqual([SETTINGS, undefined]);
  });
});

describe('names', () => {
  const resolving = (...addresses: string[]) =>
    guardedLookup(
      (address) => rules.refusing(address),
      (_host, _options, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
    );

  const lookUp = (lookup: ReturnType<typeof resolving>, all: boolean) =>
    new Promise((done, fail) =>
      lookup('machine.example', { all }, (error, address) => (error ? fail(error) : done(address))),
    );

  it('resolve to what is allowed of their addresses', async () => {
    const lookup = resolving('fe80::5', '192.168.1.5', '169.254.169.254');
    expect(await lookUp(lookup, false)).toBe('192.168.1.5');
    expect(await lookUp(lookup, true)).toEqual([{ address: '192.168.1.5', family: 4 }]);
  });

  it.each([
    ['169.254.169.254', 'cloud metadata'],
    ['::ffff:169.254.169.254', 'cloud metadata'],
    ['127.0.0.1', 'loopback'],
  ])('that resolve to %s alone are refused, saying why', async (address, rule) => {
    const failure = await lookUp(resolving(address), true).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutboundRefused);
    expect((failure as Error).message).toBe(
      `The address machine.example (${address}) is refused: ${rule} addresses may not be reached`,
    );
  });

  it('fail as they fail', async () => {
    const lookup = guardedLookup(
      () => undefined,
      (_host, _options, done) => done(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), []),
    );
    await expect(lookUp(lookup, true)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
