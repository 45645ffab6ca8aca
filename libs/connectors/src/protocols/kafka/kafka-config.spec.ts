import { brokerOf, configProblems, consumeProblems, produceProblems } from './kafka-config';

describe('configs of Kafka', () => {
  it.each([
    ['kafka.example.com', { host: 'kafka.example.com', port: 9092 }],
    ['10.0.0.1:19092', { host: '10.0.0.1', port: 19_092 }],
    ['[::1]:9094', { host: '::1', port: 9094 }],
  ])('have brokers like %s', (text, broker) => {
    expect(brokerOf(text)).toEqual(broker);
  });

  it.each(['', 'a:0', 'a:65536', 'kafka://a:9092', 'user@a:9092', '::1', '[a]:9092', 'a b', 'a:9092/x'])(
    'have no broker like %j',
    (text) => {
      expect(brokerOf(text)).toBeUndefined();
      const [problem] = configProblems({ brokers: ['a:9092', text] });
      expect(problem).toEqual({ field: 'brokers[1]', message: 'brokers[1] must be like host:port' });
    },
  );

  it('have topics by the rule of Kafka', () => {
    expect(produceProblems({ topic: 'plant.line-1_raw', value: 1 })).toEqual([]);
    expect(produceProblems({ topic: 'plant.((line))', value: 1 })).toEqual([]);
    expect(produceProblems({ topic: 'plant/line', value: 1 })).toHaveLength(1);
    expect(produceProblems({ topic: '..', value: 1 })).toHaveLength(1);
    expect(consumeProblems({ topics: ['a', 'b c', 'x'.repeat(250)] }).map(({ field }) => field)).toEqual([
      'topics[1]',
      'topics[2]',
    ]);
  });
});
