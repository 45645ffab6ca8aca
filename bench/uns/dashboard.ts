import { randomUUID } from 'node:crypto';
import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';

/** Makes a dashboard of line panels, one topic each, in buckets. Answers its id. */
export async function makeDashboard(hub: Hub, session: Session, topics: readonly string[]): Promise<string> {
  const panels = topics.map((topic, n) => ({
    title: `Panel ${n}`,
    type: 'line',
    position: { x: 12 * (n % 2), y: 8 * Math.floor(n / 2), w: 12, h: 8 },
    queries: [{ topic, aggregate: 'avg' }],
  }));
  const response = await fetch(`${hub.url}/api/v1/uns/dashboards`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${session.token}`,
      'X-Organization-ID': session.organizationId,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ name: `Bench ${randomUUID()}`, panels }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the dashboard was answered ${response.status}: ${text}`);
  return (JSON.parse(text) as { data: { id: string } }).data.id;
}
