import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/**
 * What a handler's result becomes on the wire. Every route names one.
 * - `data`: 200 `{data}` · `entity`: the same with an ETag · `created`: 201 with Location and ETag
 * - `list`: 200 `{data, meta}` · `none`: 204 · `raw`: the handler's own (downloads, streams, RFC 6749 answers)
 */
export type AnswerKind = 'data' | 'entity' | 'created' | 'list' | 'none' | 'raw';

export const ANSWER_KIND = 'maestrohub:answer';

export const setAnswerKind = (kind: AnswerKind): CustomDecorator => SetMetadata(ANSWER_KIND, kind);

/** Of `created`: the entity stands beside the route, as that of `POST /things/import` at `/things/{id}`. */
export const CREATES_BESIDE = 'maestrohub:creates-beside';
