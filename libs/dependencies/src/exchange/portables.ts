import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Member } from '#kernel';
import { IsPortable, type Portable, type PortableEntity } from '#platform/dependencies';

/** Read at once. */
const BATCH = 500;

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
  async release(member: Member, entities: readonly { type: string; id: string }[]): Promise<void> {
    for (const type of new Set(entities.map((entity) => entity.type))) {
      const ids = entities.filter((entity) => entity.type === type).map(({ id }) => id);
      await this.get(type).release?.(member, ids);
    }
  }

  /** Those that exist of them, in some hundreds at once. */
  async *read(organizationId: string, type: string, ids: readonly string[]): AsyncGenerator<PortableEntity[]> {
    for (let at = 0; at < ids.length; at += BATCH) {
      yield await this.get(type).read(organizationId, ids.slice(at, at + BATCH));
    }
  }
}
