import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Member } from '#kernel';
import { IsPortable, isBulk, type Portable, type PortableEntity } from '#platform/dependencies';

/** Read at once: of most types one alone may have 2 MiB, of those there are tens of thousands each is small. */
const [FEW, MANY] = [20, 500];

/** All types of entities that leave and enter organizations, found at boot. */
@Injectable()
export class Portables implements OnModuleInit {
  private readonly byType = new Map<string, Portable>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error where two providers have the same type. */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: IsPortable.KEY })) {
      const portable = instance as Portable;
      const known = this.byType.get(portable.type);
      // The same provider is found once for each module that it is in.
      if (known && known !== portable) throw new Error(`entities of type ${portable.type} are made portable twice`);
      this.byType.set(portable.type, portable);
    }
  }

  get types(): string[] {
    return [...this.byType.keys()].sort();
  }

  all(): Portable[] {
    return [...this.byType.values()];
  }

  find(type: string): Portable | undefined {
    return this.byType.get(type);
  }

  /** @throws Error for a type that nobody has: callers have looked. */
  get(type: string): Portable {
    const portable = this.byType.get(type);
    if (!portable) throw new Error(`no entities of type ${type} are portable`);
    return portable;
  }

  /** Work that changes entities of any types, judged together when it is done. @throws DomainError */
  together<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const nested = this.all().reduce<() => Promise<T>>(
      (inner, portable) => () => portable.together?.(organizationId, inner) ?? inner(),
      work,
    );
    return nested();
  }

  /** Lets all of them go of what they may exchange. In the caller's transaction, which then changes or deletes each. */
  async release(member: Member, entities: readonly EntityId[]): Promise<void> {
    for (const [type, ids] of idsByType(entities)) await this.get(type).release?.(member, ids);
  }

  /** Those that exist of them, by `keyOfId`. */
  async entities(organizationId: string, wanted: readonly EntityId[]): Promise<Map<string, PortableEntity>> {
    const found = new Map<string, PortableEntity>();
    for (const [type, ids] of idsByType(wanted)) {
      for await (const batch of this.read(organizationId, type, ids)) {
        for (const entity of batch) found.set(keyOfId({ type, ...entity }), entity);
      }
    }
    return found;
  }

  /** Versions of those that exist of them, by `keyOfId`. */
  async versions(organizationId: string, wanted: readonly EntityId[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const [type, ids] of idsByType(wanted)) {
      for (const [id, version] of await this.versionsOf(organizationId, type, ids)) {
        found.set(keyOfId({ type, id }), version);
      }
    }
    return found;
  }

  /** Those that exist of them, so many at once that they have room. */
  async *read(organizationId: string, type: string, ids: readonly string[]): AsyncGenerator<PortableEntity[]> {
    const portable = this.get(type);
    const batch = isBulk(portable) ? MANY : FEW;
    for (let at = 0; at < ids.length; at += batch) {
      yield await portable.read(organizationId, ids.slice(at, at + batch));
    }
  }

  private async versionsOf(
    organizationId: string,
    type: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const portable = this.get(type);
    if (isBulk(portable)) return portable.versions(organizationId, ids);
    const versions = new Map<string, number>();
    for await (const batch of this.read(organizationId, type, ids)) {
      for (const { id, version } of batch) versions.set(id, version);
    }
    return versions;
  }
}

/** An entity by its id. */
export interface EntityId {
  type: string;
  id: string;
}

/** `model:01890a5d-…` */
export const keyOfId = ({ type, id }: EntityId): string => `${type}:${id}`;

function idsByType(wanted: readonly EntityId[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { type, id } of wanted) {
    const own = ids.get(type);
    if (own) own.push(id);
    else ids.set(type, [id]);
  }
  return ids;
}
