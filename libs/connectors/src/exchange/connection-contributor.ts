import { Injectable } from '@nestjs/common';
import {
  ContributesDependencies,
  type Contribution,
  type DependencyContributor,
  type EntityKey,
} from '#platform/dependencies';
import { ConnectionsRepository } from '../connections/connections.repository';
import { FunctionsRepository } from '../functions/functions.repository';

interface Named {
  id: string;
  name: string;
}

export const connectionKey = ({ id }: { id: string }): EntityKey => ({ type: 'connection', key: id });
export const functionKey = ({ id }: { id: string }): EntityKey => ({ type: 'function', key: id });

/** A connection in the graph. It refers to nothing. */
export const connectionContribution = (connection: Named): Contribution => ({
  entity: { ...connectionKey(connection), id: connection.id, name: connection.name },
  references: [],
});

/** A function in the graph: it goes with its connection. */
export const functionContribution = (fn: Named & { connectionId: string }): Contribution => ({
  entity: { ...functionKey(fn), id: fn.id, name: fn.name },
  references: [{ kind: 'part', ...connectionKey({ id: fn.connectionId }), via: 'connectionId' }],
});

/** Every connection and function of an organization, for its graph. */
@Injectable()
@ContributesDependencies()
export class ConnectionContributor implements DependencyContributor {
  readonly types = ['connection', 'function'];

  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
  ) {}

  async all(organizationId: string): Promise<Contribution[]> {
    const connections = await this.connections.names(organizationId);
    const functions = await this.functions.names(organizationId);
    return [...connections.map(connectionContribution), ...functions.map(functionContribution)];
  }
}
