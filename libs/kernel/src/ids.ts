import { v7, validate } from 'uuid';

/** A new entity id: UUID version 7 (RFC 9562), so that ids sort by creation time. */
export const newId = (): string => v7();

/** Whether the text is a UUID of any version in its canonical form. */
export const isId = (text: unknown): text is string => typeof text === 'string' && validate(text);

/** The time in an id of ours, to the millisecond: its first 48 bits (RFC 9562, section 5.7). */
export const idTime = (id: string): Date => new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
