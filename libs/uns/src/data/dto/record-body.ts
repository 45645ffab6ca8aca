import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { readRecord, readRecords } from '../../ingest/read-record';

/** Most records of one batch. */
export const MOST_RECORDS = 10_000;

const bodyOf = (context: ExecutionContext): unknown => context.switchToHttp().getRequest<Request>().body;

/** The body as a checked record. Input classes would be ten times slower for large batches, and MQTT needs the same rules. */
export const RecordBody = createParamDecorator((_: unknown, context: ExecutionContext) => readRecord(bodyOf(context)));

/** The body as a checked list of records. */
export const RecordsBody = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readRecords(bodyOf(context), MOST_RECORDS),
);
