import { DomainError, invalid } from '#kernel';
import { bodyError } from '#platform/http';
import { raw, type Request, type Response } from 'express';
import { LARGEST_FILE } from '../format';

/** One part, which is the file; read after the guard like every body. */
export const UPLOAD = { limits: { fileSize: LARGEST_FILE, files: 1, fields: 0, parts: 1, headerPairs: 20 } };

const read = raw({ limit: LARGEST_FILE, inflate: false, type: () => true });

/**
 * The bytes of a file that came as the body itself, or as the only part of a form.
 * @throws DomainError `bad_request`; `payload_too_large`
 */
export async function uploadedFile(request: Request, response: Response): Promise<Buffer> {
  if (request.is('multipart/form-data')) {
    const { file } = request as { file?: { buffer: Buffer } };
    if (!file) throw invalid({ field: 'file', message: 'File is required' });
    return file.buffer;
  }
  // A few bytes of it could become gigabytes.
  const encoding = request.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new DomainError('bad_request', 'File must be sent as it is, not compressed');
  }
  await new Promise<void>((resolve, reject) => {
    read(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(bodyError(error, LARGEST_FILE));
    });
  });
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) throw invalid({ field: 'file', message: 'File is required' });
  return body;
}
