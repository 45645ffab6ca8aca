import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/**
 * What a handler's result becomes on the wire. Every route names one.
 * - `data`: 200 `{data}` · `entity`: the same with an ETag · `created`: 201 with Location and ETag
 * - `accepted`: 202 `{data}`, or 200 where the handler gives a `Finished`
 * - `list`: 200 `{data, meta}` · `none`: 204, or 200 `{data}` where there is any · `raw`: the handler's own (downloads, streams, RFC 6749 answers)
 */
export type AnswerKind = 'data' | 'entity' | 'created' | 'accepted' | 'list' | 'none' | 'raw';

export const ANSWER_KIND = 'maestrohub:answer';

export const setAnswerKind = (kind: AnswerKind): CustomDecorator => SetMetadata(ANSWER_KIND, kind);

/** The collection that a new entity lies in, where that is not the address called. */
export const CREATED_IN = 'maestrohub:created-in';

/** What was asked for is done already, and not only begun. */
export class Finished<T> {
  constructor(readonly data: T) {}
}
