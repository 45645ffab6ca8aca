import type { ApiClient } from '#testing';

/** The values of a topic, oldest first, however many there are. */
export async function allValues(api: ApiClient, topic: string): Promise<number[]> {
  const values: number[] = [];
  let cursor = '';
  do {
    const { status, body } = await api.get(`/uns/data/range?topic=${topic}&limit=10000${cursor}`);
    expect(status).toBe(200);
    values.push(...body.data.map(({ value }: { value: number }) => value));
    cursor = body.meta.nextCursor && `&cursor=${body.meta.nextCursor}`;
  } while (cursor);
  return values;
}
