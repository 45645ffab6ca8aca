import { Injectable } from '@nestjs/common';
import { invalid, notFound, type Member } from '#kernel';
import { Database, requireVersion } from '#platform/database';
import {
  IsPortable,
  namesOfPath,
  pathOfNames,
  type CheckedContent,
  type ChangedEntity,
  type EnteringEntity,
  type Portable,
  type PortableContent,
  type PortableEntity,
} from '#platform/dependencies';
import { ConnectionsRepository } from '../connections/connections.repository';
import { FunctionEditor, type FunctionContent } from '../functions/function-editor';
import { FunctionsRepository } from '../functions/functions.repository';
import { ProtocolRegistry } from '../protocols';
import { checkFunction, functionContent } from './check-content';

/** Functions as they leave and enter organizations, named by their connections and themselves. They have no secrets. */
@Injectable()
@IsPortable()
export class FunctionPortable implements Portable {
  readonly type = 'function';
  readonly after = ['connection'];
  readonly caseless = true;
  readonly partOf = 'connection';

  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly editor: FunctionEditor,
    private readonly protocols: ProtocolRegistry,
  ) {}

  async names(organizationId: string): Promise<Map<string, string>> {
    return new Map((await this.functions.names(organizationId)).map((fn) => [pathOf(fn), fn.id]));
  }

  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    const found = await this.functions.withConnections(organizationId, ids);
    return found.map((fn) => {
      const { id, version } = fn;
      return { id, name: pathOf(fn), version, content: functionContent(fn), secrets: new Map() };
    });
  }

  check(name: string, content: PortableContent): CheckedContent {
    return checkFunction(this.protocols, name, content);
  }

  mapReferences(content: PortableContent): PortableContent {
    return content;
  }

  async create(member: Member, { id, name: path, content }: EnteringEntity): Promise<void> {
    const { organizationId } = member;
    const [connectionName = '', name = ''] = namesOfPath(path);
    await this.database.inOrganization(organizationId, async () => {
      const named = await this.connections.named(organizationId, connectionName);
      if (!named) throw invalid({ field: 'name', message: `Connection ${connectionName} not found` });
      const connection = await this.connections.hold(organizationId, named.id);
      await this.editor.create(member, connection, contentOf(name, content), id);
    });
  }

  async update(member: Member, { id, version, name: path, content }: ChangedEntity): Promise<void> {
    const name = namesOfPath(path).at(-1)!;
    await this.holding(member.organizationId, id, async (connection, fn) => {
      requireVersion(fn, version);
      await this.editor.change(member, connection, fn, contentOf(name, content));
    });
  }

  async delete({ organizationId }: Member, id: string, version?: number): Promise<void> {
    await this.holding(organizationId, id, async (_, fn) => {
      requireVersion(fn, version);
      await this.editor.remove(fn);
    });
  }

  /** @throws DomainError `not_found` */
  private async holding(
    organizationId: string,
    id: string,
    work: (...found: FoundFunction) => Promise<void>,
  ): Promise<void> {
    await this.database.inOrganization(organizationId, async () => {
      const [found] = await this.functions.withConnections(organizationId, [id]);
      if (!found) throw notFound('Function');
      const connection = await this.connections.hold(organizationId, found.connectionId);
      await work(connection, await this.functions.getOf(organizationId, connection.id, id));
    });
  }
}

type FoundFunction = [
  connection: Awaited<ReturnType<ConnectionsRepository['hold']>>,
  fn: Awaited<ReturnType<FunctionsRepository['getOf']>>,
];

const pathOf = ({ connection, name }: { connection: string; name: string }): string => pathOfNames([connection, name]);

const contentOf = (name: string, content: PortableContent): FunctionContent =>
  ({ ...content, name }) as unknown as FunctionContent;
