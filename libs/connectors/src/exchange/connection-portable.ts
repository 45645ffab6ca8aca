import { Injectable } from '@nestjs/common';
import { invalid, type Member } from '#kernel';
import { Database, requireVersion } from '#platform/database';
import {
  IsPortable,
  nameOfPath,
  pathOfNames,
  type CheckedContent,
  type ChangedEntity,
  type Conflict,
  type EnteringEntity,
  type Portable,
  type PortableContent,
  type PortableEntity,
} from '#platform/dependencies';
import type { Connection } from '../connections/connection.entity';
import { ConnectionEditor, type ConnectionContent } from '../connections/connection-editor';
import { ConnectionsRepository } from '../connections/connections.repository';
import { ProtocolRegistry } from '../protocols';
import { checkConnection, connectionContent, IN_CONTENT } from './check-content';

/** Connections as they leave and enter organizations. */
@Injectable()
@IsPortable()
export class ConnectionPortable implements Portable {
  readonly type = 'connection';
  readonly after = [];
  readonly caseless = true;

  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly editor: ConnectionEditor,
    private readonly protocols: ProtocolRegistry,
  ) {}

  async names(organizationId: string): Promise<Map<string, string>> {
    return new Map((await this.connections.names(organizationId)).map(({ id, name }) => [pathOfNames([name]), id]));
  }

  /** @throws DomainError `conflict` where the secrets of one cannot be opened. */
  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    const found = await this.connections.byIds(organizationId, ids);
    return found.map((connection) => {
      const { id, name, version } = connection;
      const secrets = [...this.editor.opened(connection).secrets];
      return {
        id,
        name: pathOfNames([name]),
        version,
        content: connectionContent(connection),
        secrets: new Map(secrets.map(([place, secret]) => [IN_CONTENT + place, secret])),
      };
    });
  }

  check(name: string, content: PortableContent): CheckedContent {
    return checkConnection(this.protocols, name, content);
  }

  /** Protocols, which connections that are here keep. */
  async conflicts(organizationId: string, entities: readonly EnteringEntity[]): Promise<Conflict[]> {
    const found = await this.connections.byIds(
      organizationId,
      entities.map(({ id }) => id),
    );
    const here = new Map(found.map((connection) => [connection.id, connection]));
    return entities.flatMap(({ id, name, content }) => {
      const before = here.get(id);
      const problem = before && protocolProblem(before, contentOf(name, content));
      return problem ? [{ id, ...problem }] : [];
    });
  }

  mapReferences(content: PortableContent): PortableContent {
    return content;
  }

  async create(member: Member, { id, name, content }: EnteringEntity): Promise<void> {
    await this.editor.create(member, contentOf(name, content), id);
  }

  async update(member: Member, { id, version, name, content }: ChangedEntity): Promise<void> {
    const { protocol, ...change } = contentOf(name, content);
    await this.database.inOrganization(member.organizationId, async () => {
      const before = await this.connections.hold(member.organizationId, id);
      requireVersion(before, version);
      const problem = protocolProblem(before, { protocol });
      if (problem) throw invalid(problem);
      await this.editor.change(member, before, change, 'removed');
    });
  }

  async delete({ organizationId }: Member, id: string, version?: number): Promise<void> {
    await this.database.inOrganization(organizationId, async () => {
      const connection = await this.connections.hold(organizationId, id);
      requireVersion(connection, version);
      await this.editor.remove(connection);
    });
  }
}

const protocolProblem = (before: Connection, { protocol }: Pick<ConnectionContent, 'protocol'>) =>
  protocol === before.protocol
    ? undefined
    : {
        field: 'protocol',
        message: `Protocol of connection ${before.name} is ${before.protocol} and cannot become ${protocol}`,
      };

const contentOf = (path: string, content: PortableContent): ConnectionContent =>
  ({ ...content, name: nameOfPath(path) }) as unknown as ConnectionContent;
