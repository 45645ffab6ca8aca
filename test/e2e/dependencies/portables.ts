import { DiscoveryService } from '@nestjs/core';
import { ALL_SCOPES, newId, type Member } from '#kernel';
import { IsPortable, type Portable, type PortableContent, type PortableEntity } from '#platform/dependencies';
import type { TestApp } from '#testing';

/** How entities of one type leave and enter, whichever area they belong to. */
export function portableOf(app: TestApp, type: string): Portable {
  const found = app.nest.get(DiscoveryService, { strict: false }).getProviders({ metadataKey: IsPortable.KEY });
  const portable = found.map(({ instance }) => instance as Portable).find((one) => one.type === type);
  if (!portable) throw new Error(`nothing of type ${type} is portable`);
  return portable;
}

export const adminIn = (organizationId: string): Member => ({
  userId: newId(),
  email: 'admin@example.com',
  systemAdmin: true,
  credential: { kind: 'session', id: newId() },
  granted: [],
  organizationId,
  role: 'admin',
  scopes: [...ALL_SCOPES],
});

/** Everything of a type, by names. */
export async function contentsIn(portable: Portable, organizationId: string): Promise<Map<string, PortableEntity>> {
  const ids = [...(await portable.names(organizationId)).values()];
  const entities = await portable.read(organizationId, ids);
  return new Map(entities.map((entity) => [entity.name, entity]));
}

/** As an import would: what comes is checked first, and what is wrong with it thrown. */
export function checked(portable: Portable, name: string, content: PortableContent): PortableContent {
  const { content: sound, problems } = portable.check(name, content);
  if (problems.length > 0) throw new Error(`${name}: ${JSON.stringify(problems)}`);
  return sound;
}
