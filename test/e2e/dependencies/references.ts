import type { TestApp } from '#testing';

export interface KeptReference {
  source: string;
  target: string;
  kind: string;
  via: string[];
}

/** What the graph keeps of an organization's references. */
export const referencesIn = (app: TestApp, organizationId: string): Promise<KeptReference[]> =>
  app.database.asSystem((manager) =>
    manager.query<KeptReference[]>(
      `SELECT source_type || ':' || source_key AS source, target_type || ':' || target_key AS target, kind, via
       FROM dependency_references WHERE organization_id = $1 ORDER BY 1, 2`,
      [organizationId],
    ),
  );
