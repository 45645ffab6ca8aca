import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';
import type { Times } from './reads.ts';

/** From the publish of a value by REST to its arrival at a listener, one after the other. */
export async function liveTimes(hub: Hub, session: Session, count: number): Promise<Times> {
  const topic = 'mHv1.0/live/value';
  const headers = { Authorization: `Bearer ${session.token}`, 'X-Organization-ID': session.organizationId };
  const stop = new AbortController();
  const response = await fetch(`${hub.url}/api/v1/uns/data/stream?topic=${topic}`, { headers, signal: stop.signal });
  if (!response.ok) throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
  const texts = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const arrives = async (text: string): Promise<void> => {
    for (let seen = ''; !seen.includes(text);) {
      const { value, done } = await texts.next();
      if (done) throw new Error('the stream has ended');
      seen += value;
    }
  };
  await arrives('event: open');
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const mark = `value ${n}.`;
    const began = performance.now();
    const published = fetch(`${hub.url}/api/v1/uns/data/publish`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ topic, value: mark }),
    });
    await arrives(mark);
    times.push(performance.now() - began);
    const { ok, status } = await published;
    if (!ok) throw new Error(`the publish answered ${status}`);
  }
  stop.abort();
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
