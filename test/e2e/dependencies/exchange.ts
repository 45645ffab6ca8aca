import { createHash } from 'node:crypto';
import { ALL_SCOPES } from '#kernel';
import type { ApiClient, Answer, TestApp } from '#testing';

/** A caller in a new organization. */
export async function newPlace(app: TestApp): Promise<{ api: ApiClient; organizationId: string }> {
  const organizationId = await app.newOrganization();
  return { organizationId, api: app.api(await app.newToken(ALL_SCOPES), organizationId) };
}

export interface FileItem {
  type: string;
  name: string;
  hash: string;
  base?: string;
  content: Record<string, unknown>;
}

export const fileOf = (...items: object[]) => ({ format: 'maestrohub', formatVersion: '1.0', items });

/** An item with its hash. */
export const itemOf = (type: string, name: string, content: object): FileItem => ({
  ...{ type, name, content: content as FileItem['content'] },
  hash: `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex')}`,
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** The text of a file of these entities. */
export async function exported(api: ApiClient, entities: object[], more: object = {}): Promise<string> {
  const made = await api.post('/dependencies/export', { entities, ...more });
  expect(made).toMatchObject({ status: 201 });
  const download = await api.get(`/dependencies/export/${made.body.data.id}/download`);
  expect(download.status).toBe(200);
  return download.text;
}

export const validate = (api: ApiClient, file: string | object): Promise<Answer> =>
  api.post('/dependencies/import/validate', file);

/** Executes a file that has to be without problems. */
export async function imported(api: ApiClient, file: string | object, decisions: object = {}): Promise<Answer> {
  const { status, body } = await validate(api, file);
  expect([status, body.data?.problems]).toEqual([200, []]);
  return api.post('/dependencies/import/execute', { planId: body.data.planId, ...decisions });
}
