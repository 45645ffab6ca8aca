import { generateKeyPairSync } from 'node:crypto';
import type { Broker } from '#platform/mqtt';
import { acceptedBroker, maskedBroker } from './broker-settings';
import type { BrokerSettings } from './dto/uns-settings.dto';

const url = 'mqtts://plant.example:8883';
const current: Broker = { kind: 'outside', url, username: 'hub', password: 'old' };
const embedded: Broker = { kind: 'embedded' };
const outside = (more: Partial<BrokerSettings> = {}): BrokerSettings => ({ kind: 'outside', url, ...more });

const pem = (): string => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
};

describe('a password', () => {
  it.each([
    ['left out', undefined],
    ['masked', '********'],
  ])('%s stays what it is, for the same address and user', (_, password) => {
    expect(acceptedBroker(outside({ username: 'hub', password }), current)).toEqual(current);
  });

  it('is another one, or none, where that is said', () => {
    expect(acceptedBroker(outside({ username: 'hub', password: 'new' }), current)).toMatchObject({ password: 'new' });
    expect(acceptedBroker(outside({ username: 'hub', password: null }), current)).not.toHaveProperty('password');
  });

  it.each([
    ['another user', outside({ username: 'other' })],
    ['another host', outside({ url: 'mqtts://elsewhere.example:8883', username: 'hub' })],
    ['an open way', outside({ url: 'mqtt://plant.example:8883', username: 'hub' })],
  ])('is not sent on by %s', (_, given) => {
    expect(acceptedBroker(given, current)).not.toHaveProperty('password');
    expect(() => acceptedBroker({ ...given, password: '********' }, current)).toThrow('password is required');
  });
});

describe('a broker', () => {
  it.each([
    [{ url: '' }, 'url must be an address'],
    [{ url: 'http://plant.example' }, 'url must be an address'],
    [{ url: 'mqtt://' }, 'url must be an address'],
    [{ url: 'mqtt://hub:secret@plant.example' }, 'url must not carry credentials'],
    [{ url: 'mqtt://plant.example/path' }, 'url must end with the port'],
    [{ url: 'wss://plant.example/mqtt?x=1' }, 'url must end with the path'],
    [{ url: 'mqtt://plant.example', ca: 'x' }, 'ca takes an address that begins with mqtts://'],
    [{ ca: 'x' }, 'ca must be a certificate in PEM'],
    [{ privateKey: 'x' }, 'privateKey must be a private key'],
    [{ privateKey: pem() }, 'certificate is required with a private key'],
  ] as [Partial<BrokerSettings>, string][])('with %j is refused', (more, message) => {
    expect(() => acceptedBroker(outside(more), embedded)).toThrow(message);
  });

  it('of the process itself has no address', () => {
    expect(acceptedBroker({ kind: 'embedded' }, current)).toEqual(embedded);
    expect(() => acceptedBroker({ kind: 'embedded', url }, current)).toThrow('url belongs to an outside broker');
  });

  it('may be one behind a web server', () => {
    const wanted = { kind: 'outside' as const, url: 'wss://plant.example/mqtt' };
    expect(acceptedBroker(wanted, embedded)).toEqual(wanted);
  });
});

it('shows no secrets', () => {
  expect(maskedBroker({ ...current, certificate: 'open', privateKey: 'sealed' })).toEqual({
    kind: 'outside',
    url,
    username: 'hub',
    password: '********',
    certificate: 'open',
    privateKey: '********',
  });
  expect(maskedBroker(embedded)).toEqual(embedded);
});
