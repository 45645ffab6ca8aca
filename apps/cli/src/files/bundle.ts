import type { JsonValue } from '#kernel';

/** An entity of a `.mhub.json` file. */
export interface BundleItem {
  type: string;
  name: string;
  content: JsonValue;
  /** Of the content, `sha256:…`. */
  hash?: string;
  /** Of the content that this one was made from. */
  base?: string;
}

/** A `.mhub.json` file. */
export interface Bundle {
  format: string;
  formatVersion: string;
  product?: JsonValue;
  description?: string | null;
  items: BundleItem[];
}

export const keyOf = ({ type, name }: { type: string; name: string }): string => `${type}:${name}`;
