import { addressOf, isSameServer, outsideBroker, type Broker } from './broker-choice';

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

describe('an address', () => {
  it('gives its credentials away', () => {
    const broker = outsideBroker('mqtt://us%40er:p%3Assword@plant:1884');
    expect(broker).toEqual({ kind: 'outside', url: 'mqtt://plant:1884', username: 'us@er', password: 'p:ssword' });
    expect(addressOf(broker)).toBe('plant:1884');
  });

  it('without any stays what it is, and a lone percent sign means itself', () => {
    expect(outsideBroker('wss://plant/mqtt')).toEqual({ kind: 'outside', url: 'wss://plant/mqtt' });
    expect(outsideBroker('mqtt://50%:x@plant')).toMatchObject({ username: '50%' });
  });
});
