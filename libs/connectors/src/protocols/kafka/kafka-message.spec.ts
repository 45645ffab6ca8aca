import { messageOf, type KafkaRecord } from './kafka-message';

const record = (more: Partial<KafkaRecord> = {}): KafkaRecord => ({
  topic: 'plant',
  partition: 2,
  offset: 41n,
  timestamp: 1_700_000_000_000n,
  key: Buffer.from('line1'),
  value: Buffer.from('{"t":21.5}'),
  headers: new Map(),
  ...more,
});

describe('records of Kafka', () => {
  it('are messages with their key, place and time', () => {
    expect(messageOf(record())).toEqual({
      payload: { t: 21.5 },
      key: 'line1',
      id: 'plant/2/41/1700000000000',
      more: { topic: 'plant', partition: 2, offset: 41, timestamp: '2023-11-14T22:13:20.000Z', headers: {} },
    });
  });

  it('have the key of their topic where they have none, and null for a tombstone', () => {
    expect(messageOf(record({ key: undefined, value: undefined }))).toMatchObject({ key: 'plant', payload: null });
    expect(messageOf(record({ key: Buffer.from([0xff, 0xfe]) }))).toMatchObject({ key: '//4=' });
  });

  it('have headers that may be given several times', () => {
    const headers = new Map([
      [Buffer.from('site'), Buffer.from('north')],
      [Buffer.from('hop'), Buffer.from('a')],
      [Buffer.from('hop'), null],
    ]);
    expect(messageOf(record({ headers })).more).toMatchObject({ headers: { site: 'north', hop: ['a', ''] } });
  });

  it('have an identity of bounded length', () => {
    const id = messageOf(record({ topic: 'x'.repeat(249), partition: 999_999, offset: 2n ** 63n - 1n })).id!;
    expect(id.length).toBeLessThanOrEqual(200);
    expect(id).not.toBe(messageOf(record({ topic: 'y'.repeat(249), partition: 999_999, offset: 2n ** 63n - 1n })).id);
  });

  it('are refused where their format is another', () => {
    expect(() => messageOf(record({ value: Buffer.from('no JSON') }), 'json')).toThrow('The message is no JSON');
  });
});
