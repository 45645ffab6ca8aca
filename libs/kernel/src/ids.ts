import { v7, validate } from 'uuid';

/** A new entity id: UUID version 7 (RFC 9562), so that ids sort by creation time. */
export const newId = (): string => v7();

/** Whether the text is a UUID of any version in its canonical form. */
export const isId = (text: unknown): text is string => typeof text === 'string' && validate(text);
