import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';

export interface Times {
  p50: number;
  p99: number;
}

/** How long requests take, one after the other. @throws Error for an answer that is none. */
export async function timed(hub: Hub, session: Session, paths: readonly string[]): Promise<Times> {
  const headers = { Authorization: `Bearer ${session.token}`, 'X-Organization-ID': session.organizationId };
  const read = async (path: string): Promise<number> => {
    const began = performance.now();
    const response = await fetch(`${hub.url}/api/v1${path}`, { headers });
    const text = await response.text();
    const milliseconds = performance.now() - began;
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return milliseconds;
  };
  for (const path of paths.slice(0, Math.ceil(paths.length / 10))) await read(path);
  const times: number[] = [];
  for (const path of paths) times.push(await read(path));
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
