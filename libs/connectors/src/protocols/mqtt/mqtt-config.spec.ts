import { configProblems, matches, publishProblems, subscribeProblems, targetOf } from './mqtt-config';

const said = (problems: { message: string }[]): string[] => problems.map(({ message }) => message);

describe('an MQTT connection', () => {
  it.each([
    ['mqtt://broker', { host: 'broker', port: 1883, tls: undefined, where: 'broker:1883' }],
    ['mqtts://broker', { host: 'broker', port: 8883, tls: {}, where: 'broker:8883' }],
    ['mqtt://[::1]:1884/', { host: '::1', port: 1884, tls: undefined, where: '[::1]:1884' }],
  ])('leads to where %s says', (brokerUrl, target) => {
    expect(configProblems({ brokerUrl })).toEqual([]);
    expect(targetOf({ brokerUrl })).toEqual(target);
  });

  it.each([
    ['http://broker', 'brokerUrl must be an address that begins with mqtt:// or mqtts://'],
    ['broker', 'brokerUrl must be an address that begins with mqtt:// or mqtts://'],
    ['mqtt://hub:secret@broker', 'brokerUrl must not carry credentials; use username and password'],
    ['mqtt://broker/path', 'brokerUrl must end with the port'],
  ])('refuses %s', (brokerUrl, message) => {
    expect(said(configProblems({ brokerUrl }))).toEqual([message]);
  });
});

describe('topics and filters', () => {
  it('have wildcards where these mean something', () => {
    expect(subscribeProblems({ topics: ['plant/+/temperature', '#', 'plant/#', '+', '$share/hub/a/+'] })).toEqual([]);
    expect(subscribeProblems({ topics: ['plant/#/x', 'plant/a+'] })).toHaveLength(2);
    expect(publishProblems({ topic: 'plant/+' })).toHaveLength(1);
    expect(publishProblems({ topic: 'a', properties: { responseTopic: 'b/#' } })).toHaveLength(1);
  });

  it('are Unicode without NUL and not longer than MQTT can tell', () => {
    expect(publishProblems({ topic: 'a\0b' })).toHaveLength(1);
    expect(publishProblems({ topic: 'a\ud800' })).toHaveLength(1);
    expect(publishProblems({ topic: 'ä'.repeat(32_768) })).toHaveLength(1);
    expect(publishProblems({ topic: 'ä'.repeat(32_767) })).toEqual([]);
  });

  it.each([
    ['plant/line', 'plant/line', true],
    ['plant/+', 'plant/line', true],
    ['plant/+', 'plant/line/1', false],
    ['plant/#', 'plant', true],
    ['plant/#', 'plant/line/1', true],
    ['plant/line/1', 'plant/line', false],
    ['+/+', '/line', true],
    ['#', '$SYS/uptime', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['$share/hub/plant/+', 'plant/line', true],
  ])('%s and %s: %s', (filter, topic, does) => {
    expect(matches(filter, topic)).toBe(does);
  });
});
