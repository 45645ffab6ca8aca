import { Injectable } from '@nestjs/common';
import { foldCase, isId } from '#kernel';
import type { Portable, PortableContent } from '#platform/dependencies';
import { takeTurns } from '#platform/turns';
import { readReference, referenceText, type ItemKey } from '../format';
import { Portables } from './portables';

/** An entity that is there. */
export interface Known extends ItemKey {
  id: string;
}

/** A name as its type tells names apart. */
export const foldedName = (portable: Pick<Portable, 'caseless'> | undefined, name: string): string =>
  portable?.caseless ? foldCase(name) : name;

/** What an organization's entities are called, both ways. Names that differ in case alone are one where their type says so. */
export class Catalog {
  private readonly types = new Map<string, { byId: Map<string, Known>; byName: Map<string, Known> }>();

  constructor(private readonly portables: Portables) {}

  add(known: Known): void {
    let entities = this.types.get(known.type);
    if (!entities) this.types.set(known.type, (entities = { byId: new Map(), byName: new Map() }));
    entities.byId.set(known.id, known);
    entities.byName.set(this.fold(known), known);
  }

  byId(type: string, id: string): Known | undefined {
    return this.types.get(type)?.byId.get(id);
  }

  byName(key: ItemKey): Known | undefined {
    return this.types.get(key.type)?.byName.get(this.fold(key));
  }

  all(type: string): Known[] {
    return [...(this.types.get(type)?.byId.values() ?? [])];
  }

  fold({ type, name }: ItemKey): string {
    return foldedName(this.portables.find(type), name);
  }

  /** The content with names in the place of ids. Ids of what does not exist stay. */
  toNames(portable: Portable, content: PortableContent): PortableContent {
    return portable.mapReferences(content, (type, text) => {
      const known = this.byId(type, text);
      return known ? referenceText(known) : text;
    });
  }

  /** The content with ids in the place of names. Names of what does not exist stay. */
  toIds(portable: Portable, content: PortableContent): PortableContent {
    return portable.mapReferences(content, (type, text) => {
      const key = readReference(text);
      return (key?.type === type ? this.byName(key)?.id : undefined) ?? text;
    });
  }
}

@Injectable()
export class Catalogs {
  constructor(private readonly portables: Portables) {}

  /** Of everything there is, or of some types. */
  async of(organizationId: string, types: Iterable<string> = this.portables.types): Promise<Catalog> {
    const catalog = new Catalog(this.portables);
    for (const type of types) {
      const names = await this.portables.get(type).names(organizationId);
      for (const [name, id] of names) {
        await takeTurns();
        catalog.add({ type, name, id });
      }
    }
    return catalog;
  }
}

/** What the references of a content lead to, and those texts in their places that lead nowhere. */
export function referencesIn(portable: Portable, content: PortableContent): { keys: ItemKey[]; strange: string[] } {
  const keys: ItemKey[] = [];
  const strange: string[] = [];
  portable.mapReferences(content, (type, text) => {
    const key = readReference(text);
    if (key?.type === type) keys.push(key);
    // Anything else may be an expression, which is for the type itself to judge.
    else if (text.startsWith('mhub:') || isId(text)) strange.push(text);
    return text;
  });
  return { keys, strange };
}
