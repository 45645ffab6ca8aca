import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';
import type { AuditResult, AuditRow } from './audit-row';

/** Columns that are written and read, with their types. */
const TYPES: Record<keyof AuditRow, string> = {
  id: 'uuid',
  at: 'timestamptz',
  organization_id: 'uuid',
  action: 'text',
  result: 'text',
  reason: 'text',
  count: 'int',
  user_id: 'uuid',
  user_email: 'text',
  credential_kind: 'text',
  credential_id: 'text',
  client_id: 'text',
  entity_type: 'text',
  entity_id: 'text',
  entity_name: 'text',
  changes: 'jsonb',
  details: 'jsonb',
  address: 'text',
  request_id: 'text',
};

const COLUMNS = Object.keys(TYPES).join(', ');

// All rows in one document: the statement is the same for one and for a thousand.
const INSERT = `
  INSERT INTO audit_entries (${COLUMNS}) SELECT ${COLUMNS} FROM json_to_recordset($1::json)
  AS t (${Object.entries(TYPES)
    .map((column) => column.join(' '))
    .join(', ')})`;

/** What to read: all that is given has to hold. */
export interface AuditFilter {
  action?: string;
  /** First part of the action, up to the dot. */
  area?: string;
  userId?: string;
  entityType?: string;
  entityId?: string;
  result?: AuditResult;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
  /** Position of the last entry seen. */
  before?: { at: Date; id: string };
}

@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Rows of one organization, or of the instance, in the transaction that is open, whoever opened it. */
  async record(rows: readonly AuditRow[]): Promise<void> {
    await this.database.joining(rows[0]?.organization_id ?? undefined, (manager) => insert(manager, rows));
  }

  /** Rows of any organizations, in one transaction of their own. */
  async append(rows: readonly AuditRow[]): Promise<void> {
    await this.database.asSystem((manager) => insert(manager, rows));
  }

  /** Removes up to `limit` of an organization's entries from before the time; gives how many there were. */
  remove(organizationId: string, olderThan: Date, limit: number): Promise<number> {
    return this.database.asSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        `DELETE FROM audit_entries e USING (
           SELECT at, id FROM audit_entries WHERE organization_id = $1 AND at < $2 ORDER BY at LIMIT $3
         ) old WHERE e.at = old.at AND e.id = old.id AND e.organization_id = $1`,
        [organizationId, olderThan, limit],
      );
      return count;
    });
  }

  /** Newest first: an organization's entries, or with null those of the instance. */
  find(organizationId: string | null, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
    const parameters: unknown[] = [];
    const value = (given: unknown): string => `$${parameters.push(given)}`;
    const conditions = [
      organizationId === null ? 'organization_id IS NULL' : `organization_id = ${value(organizationId)}`,
      filter.action !== undefined && `action = ${value(filter.action)}`,
      filter.area !== undefined && `area = ${value(filter.area)}`,
      filter.userId !== undefined && `user_id = ${value(filter.userId)}`,
      filter.entityType !== undefined && `entity_type = ${value(filter.entityType)}`,
      filter.entityId !== undefined && `entity_id = ${value(filter.entityId)}`,
      filter.result !== undefined && `result = ${value(filter.result)}`,
      filter.from && `at >= ${value(filter.from)}`,
      filter.to && `at < ${value(filter.to)}`,
      filter.before && `(at, id) < (${value(filter.before.at)}, ${value(filter.before.id)})`,
    ].filter(Boolean);
    // The organization leads the order as it leads the indexes: the planner does not take IS NULL for a constant.
    const query = `SELECT ${COLUMNS} FROM audit_entries WHERE ${conditions.join(' AND ')}
      ORDER BY organization_id DESC, at DESC, id DESC LIMIT ${value(limit)}`;
    const read = (manager: EntityManager): Promise<AuditRow[]> => manager.query<AuditRow[]>(query, parameters);
    return organizationId === null ? this.database.asSystem(read) : this.database.inOrganization(organizationId, read);
  }
}

const insert = (manager: EntityManager, rows: readonly AuditRow[]): Promise<unknown> =>
  manager.query(INSERT, [JSON.stringify(rows)]);
