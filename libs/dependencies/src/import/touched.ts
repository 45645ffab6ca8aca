import type { JsonValue } from '#kernel';
import type { PortableContent, PortableEntity } from '#platform/dependencies';
import type { Remembered } from '../exchange/contents.repository';
import type { ItemKey } from '../format';
import { withValues } from './places';

/** What an import has done to one entity, and what it takes to undo it. */
export interface Touched extends ItemKey {
  id: string;
  /** After the import. */
  version: number;
  /** What it was; missing for what was made. */
  before?: Before;
}

/** What it takes to undo an import. */
export interface Undo {
  /** In the order in which it was done. */
  touched: Touched[];
  /** What was not what both sides had in common before. */
  exchanged: Remembered[];
}

interface Before {
  name: string;
  /** References are ids. */
  content: PortableContent;
  /** By places, in clear. */
  secrets: [place: string, value: JsonValue][];
}

export const beforeOf = ({ name, content, secrets }: PortableEntity): Before => ({
  name,
  content,
  secrets: [...secrets],
});

export const restored = ({ content, secrets }: Before): PortableContent => withValues(content, new Map(secrets));
