import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { notConnected } from './connector-error';

/** Which worker has a live connection. */
@Injectable()
export class LiveOwners {
  constructor(private readonly database: Database) {}

  /** @throws ConnectorError with what the connection does instead, where it is not connected. */
  async find(organizationId: string, connectionId: string): Promise<string> {
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ owner: string | null; alive: boolean; state: string; reason: string | null }[]>(FIND, [
        organizationId,
        connectionId,
      ]),
    );
    if (row?.alive && row.state === 'connected') return row.owner!;
    const { state = 'idle', reason = null } = row ?? {};
    throw notConnected(state, reason);
  }
}

const FIND = `
  SELECT r.owner, w.lease_until > now() AS alive, r.state, r.reason
  FROM connection_runtimes r LEFT JOIN connection_workers w ON w.id = r.owner 
  WHERE r.organization_id = $1 AND r.connection_id = $2`;
