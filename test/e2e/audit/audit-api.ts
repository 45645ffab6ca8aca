import type { ApiClient } from '#testing';

export interface Entry {
  id: string;
  at: string;
  action: string;
  result: 'done' | 'refused';
  reason: string | null;
  count: number;
  user: { id: string | null; email: string | null } | null;
  credential: { kind: string; id: string } | null;
  entity: { type: string; id: string; name: string | null } | null;
  changes: Record<string, { from: unknown; to: unknown }> | null;
  details: Record<string, unknown> | null;
  address: string | null;
  requestId: string | null;
}

/** One page of the trail, newest first. @throws Error unless the answer is 200. */
export async function entries(api: ApiClient, query: Record<string, string> = {}): Promise<Entry[]> {
  const { status, text, body } = await api.get(`/audit?${new URLSearchParams(query)}`);
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return (body as { data: Entry[] }).data;
}
