import { addressOf, isSameServer, type Broker } from './broker-choice';

const outside = (url: string, more: object = {}): Broker => ({ kind: 'outside', url, ...more });

describe('two brokers', () => {
  it.each([
    ['mqtt://plant', 'mqtt://PLANT:1883'],
    ['mqtts://plant', 'mqtt://plant:8883'],
    ['mqtt://user:secret@plant:1884', 'mqtt://plant:1884'],
  ])('are one server: %s, %s', (one, other) => {
    expect(isSameServer(outside(one), outside(other, { username: 'other' }))).toBe(true);
  });

  it.each([
    ['mqtt://plant', 'mqtts://plant'],
    ['mqtt://plant', 'mqtt://other'],
  ])('are two servers: %s, %s', (one, other) => {
    expect(isSameServer(outside(one), outside(other))).toBe(false);
  });

  it('are two where one of them is the embedded one', () => {
    expect(isSameServer({ kind: 'embedded' }, outside('mqtt://plant'))).toBe(false);
    expect(isSameServer({ kind: 'embedded' }, { kind: 'embedded' })).toBe(true);
  });
});

it('tells an address without its credentials', () => {
  expect(addressOf({ url: 'mqtt://user:secret@plant:1884' })).toBe('plant:1884');
});
