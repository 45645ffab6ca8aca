import type { TestApp } from '#testing';

interface Row {
  source_key: string;
  kind: string;
  target_type: string;
  target_key: string;
  via: string[];
}

/** What the graph keeps of pipelines, by `<kind> <type>:<key>`, with the places. */
export async function keptReferences(app: TestApp, pipelineId: string): Promise<Record<string, string[]>> {
  const rows = await app.database.inOrganization(app.organizationId, (manager) =>
    manager.query<Row[]>(`SELECT * FROM dependency_references WHERE source_type = 'pipeline' AND source_key = $1`, [
      pipelineId,
    ]),
  );
  return Object.fromEntries(
    rows.map(({ kind, target_type, target_key, via }) => [`${kind} ${target_type}:${target_key}`, via]),
  );
}

/** Names of all pipelines that the graph has, by ids. */
export async function keptPipelines(app: TestApp): Promise<Record<string, string>> {
  const rows = await app.database.inOrganization(app.organizationId, (manager) =>
    manager.query<{ id: string; name: string }[]>(`SELECT id, name FROM dependency_entities WHERE type = 'pipeline'`),
  );
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
