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
  SELECT owner, connection_worker_alive(owner) AS alive, state, reason FROM connection_runtimes
  WHERE organization_id = $1 AND connection_id = $2`;
