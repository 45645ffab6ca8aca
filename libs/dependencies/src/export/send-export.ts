import type { Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileNameOf } from './export-name';
import type { ExportRow } from './export.entity';

/** The file as a download, whose name is the caller's. */
export async function sendExport({ name, bytes, content }: ExportRow, response: Response): Promise<void> {
  response.attachment(fileNameOf(name)).type('application/json');
  response.set({ 'Content-Length': String(bytes), 'Cache-Control': 'private, no-store' });
  await pipeline(Readable.from([content]), createGunzip(), response);
}
