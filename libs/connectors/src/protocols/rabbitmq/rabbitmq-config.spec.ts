import { configProblems, consumeProblems, publishProblems } from './rabbitmq-config';

const said = (problems: { message: string }[]): string[] => problems.map(({ message }) => message);

describe('configs of RabbitMQ', () => {
  it('publish to an exchange, or to a queue', () => {
    expect(publishProblems({ exchange: 'plant', payload: 1 })).toEqual([]);
    expect(publishProblems({ routingKey: 'orders', payload: 1 })).toEqual([]);
    expect(said(publishProblems({ payload: 1 }))).toEqual(['routingKey must name a queue where there is no exchange']);
  });

  it('consume a queue, or what an exchange brings', () => {
    expect(consumeProblems({ queue: 'orders' })).toEqual([]);
    expect(consumeProblems({ exchange: 'plant', routingKeys: ['line.*'], keepSeconds: 60 })).toEqual([]);
    expect(consumeProblems({ queue: 'orders', exchange: 'plant' })).toEqual([]);
    expect(said(consumeProblems({}))).toEqual(['queue or exchange is required']);
    expect(said(consumeProblems({ queue: 'orders', routingKeys: ['a'] }))).toEqual(['routingKeys needs an exchange']);
    expect(said(consumeProblems({ queue: 'orders', keepSeconds: 60 }))).toEqual([
      'keepSeconds is for queues of the connection itself',
    ]);
  });

  it('have names that AMQP can tell', () => {
    const long = 'ä'.repeat(128);
    expect(said(configProblems({ vhost: long }))).toEqual(['vhost must not be longer than 255 bytes']);
    expect(publishProblems({ exchange: long, messageId: long })).toHaveLength(2);
    expect(consumeProblems({ exchange: 'plant', routingKeys: [long] })).toHaveLength(1);
  });
});
