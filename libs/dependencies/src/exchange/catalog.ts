import { Injectable } from '@nestjs/common';
import { isId } from '#kernel';
import type { Portable, PortableContent } from '#platform/dependencies';
import { readReference, referenceText, type ItemKey } from '../format';
import { Portables } from './portables';

/** An entity that is there. */
export interface Known extends ItemKey {
  id: string;
}

/** What an organization's entities are called, both ways. Names that differ in case alone are one where their type says so. */
export class Catalog {
  private readonly ids = new Map<string, Known>();
  private readonly names = new Map<string, Map<string, Known>>();

  constructor(private readonly portables: Portables) {}

  add(known: Known): void {
    this.ids.set(`${known.type}:${known.id}`, known);
    let names = this.names.get(known.type);
    if (!names) this.names.set(known.type, (names = new Map<string, Known>()));
    names.set(this.fold(known), known);
  }

  byId(type: string, id: string): Known | undefined {
    return this.ids.get(`${type}:${id}`);
  }

  byName(key: ItemKey): Known | undefined {
    return this.names.get(key.type)?.get(this.fold(key));
  }

  all(type: string): Known[] {
    return [...(this.names.get(type)?.values() ?? [])];
  }

  /** The name as its type tells names apart. */
  fold({ type, name }: ItemKey): string {
    return this.portables.find(type)?.caseless ? name.toLowerCase() : name;
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
      for (const [name, id] of names) catalog.add({ type, name, id });
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
