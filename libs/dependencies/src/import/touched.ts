import type { JsonValue } from '#kernel';
import { SECRET_PLACE, type PortableContent, type PortableEntity } from '#platform/dependencies';
import type { Remembered } from '../exchange/contents.repository';
import { hashOf, type ItemKey } from '../format';
import { valueAt, withValues } from './places';

/** What an import has done to one entity, and what it takes to undo it. */
export interface Touched extends ItemKey {
  id: string;
  /** After the import. */
  version: number;
  /** What it was then, as `stateOf` tells it. */
  state: string;
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

type Content = Pick<PortableEntity, 'name' | 'content' | 'secrets'>;

/** The same for what is called and decided the same, secrets included, whatever has become of it in between. */
export const stateOf = ({ name, content, secrets }: Content): string =>
  hashOf({ name, content: withValues(content, secrets) });

/** Its state as soon as that content is written. @param before what it is until then, whose secrets stay where none is given. */
export function stateAfter(name: string, content: PortableContent, before: PortableEntity | undefined): string {
  const staying = [...(before?.secrets ?? [])].filter(([place]) => valueAt(content, place) === SECRET_PLACE);
  return stateOf({ name, content, secrets: new Map(staying) });
}
