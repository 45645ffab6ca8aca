import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { Contributors } from '../index/contributors';
import type { GraphReference, References } from './selection';

const COLUMNS = `r.source_type AS "sourceType", r.source_key AS "sourceKey", r.kind,
  r.target_type AS "targetType", r.target_key AS "targetKey", r.via`;

const looking = (end: 'source' | 'target') => `
  SELECT ${COLUMNS} FROM unnest($2::text[], $3::text[]) AS e (type, key)
  JOIN dependency_references r ON r.organization_id = $1 AND r.${end}_type = e.type AND r.${end}_key = e.key
  ORDER BY 1, 2, 3, 4, 5`;

const [FROM, TO] = [looking('source'), looking('target')];

const BY_FILTER = `
  SELECT ${COLUMNS} FROM dependency_references r
  WHERE organization_id = $1 AND kind = 'matches' AND source_type = ANY ($2::text[])
  ORDER BY 1, 2, 3, 4, 5`;

/** References of organizations as they are kept. */
@Injectable()
export class GraphReferences {
  constructor(
    private readonly database: Database,
    private readonly contributors: Contributors,
  ) {}

  of(organizationId: string): References {
    const find = (query: string) => (entities: readonly { type: string; key: string }[]) =>
      this.query(organizationId, query, [entities.map(({ type }) => type), entities.map(({ key }) => key)]);
    return {
      isNamedByPath: (type) => this.contributors.isNamedByPath(type),
      from: find(FROM),
      to: find(TO),
      byFilter: (types) => this.query(organizationId, BY_FILTER, [types]),
    };
  }

  private query(organizationId: string, query: string, parameters: unknown[]): Promise<GraphReference[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<GraphReference[]>(query, [organizationId, ...parameters]),
    );
  }
}
