import type { PortableContent } from '#platform/dependencies';

/** As JSON: input classes are no plain objects, and rows know what is undefined. */
export const plain = (content: object): PortableContent => JSON.parse(JSON.stringify(content)) as PortableContent;
