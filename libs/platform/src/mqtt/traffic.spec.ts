import { ORG_A, ORG_B } from '#testing';
import type { MqttMessageContext } from './ports';
import { Traffic } from './traffic';

const context = (organizationId: string) => ({ organizationId, topic: 'mHv1.0/a', qos: 1 }) as MqttMessageContext;

it('counts what is stored, what is on its way and what goes out, for each organization', async () => {
  const traffic = new Traffic();
  const store = Promise.withResolvers<void>();
  const handle = traffic.counting(() => store.promise);
  const taken = handle(Buffer.alloc(0), context(ORG_A));
  expect(traffic.total).toMatchObject({ messagesIn: 0, inFlight: 1 });
  store.resolve();
  await taken;
  traffic.sent(ORG_B);
  expect(traffic.total).toMatchObject({ messagesIn: 1, messagesOut: 1, inFlight: 0 });
  expect(traffic.total.lastMessageAt).toEqual(expect.any(Number));
  expect(new Map(traffic.entries()).get(ORG_A)).toMatchObject({ messagesIn: 1, messagesOut: 0 });
  expect(new Map(traffic.entries()).get(ORG_B)).toMatchObject({ messagesIn: 0, messagesOut: 1, lastMessageAt: null });
});

it('does not count as taken in what was refused', async () => {
  const traffic = new Traffic();
  const refused = traffic.counting(() => Promise.reject(new Error('no')))(Buffer.alloc(0), context(ORG_A));
  await expect(refused).rejects.toThrow('no');
  expect(traffic.total).toMatchObject({ messagesIn: 0, inFlight: 0 });
});
