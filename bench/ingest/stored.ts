import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';
import { FIRST_NUMBER, numberIn, topicName } from './scenarios.ts';

/** The most the API gives at once. */
const PAGE = 10_000;
const READERS = 4;

/** How often each number is stored: the number `FIRST_NUMBER + i` stands at `i`. */
export type Occurrences = Uint8Array;

/** Reads the whole history of the topics through the API, as any user would. */
export async function readStored(hub: Hub, session: Session, topics: number, numbers: number): Promise<Occurrences> {
  const occurrences = new Uint8Array(numbers);
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let topic = next++; topic < topics; topic = next++) {
      for await (const value of valuesOf(hub, session, topicName(topic))) {
        const index = numberIn(value) - FIRST_NUMBER;
        if (!(index in occurrences))
          throw new Error(`${topicName(topic)} holds a value that was never sent: ${String(value)}`);
        occurrences[index]! += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return occurrences;
}

async function* valuesOf(hub: Hub, { organizationId, token }: Session, topic: string): AsyncGenerator {
  const headers = { Authorization: `Bearer ${token}`, 'X-Organization-ID': organizationId };
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ topic, limit: String(PAGE), ...(cursor !== null && { cursor }) });
    const response = await fetch(`${hub.url}/api/v1/uns/data/range?${query.toString()}`, { headers });
    if (!response.ok) throw new Error(`range answered ${response.status}: ${await response.text()}`);
    const page = (await response.json()) as { data: { value: unknown }[]; meta: { nextCursor: string | null } };
    for (const { value } of page.data) yield value;
    cursor = page.meta.nextCursor;
  } while (cursor !== null);
}

/** Of consecutive numbers: how many are not there, and how many copies there are beyond the first. */
export function compare(occurrences: Occurrences): { lost: number; duplicated: number } {
  let lost = 0;
  let duplicated = 0;
  for (const count of occurrences) {
    if (count === 0) lost++;
    else duplicated += count - 1;
  }
  return { lost, duplicated };
}
