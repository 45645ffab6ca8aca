/** Why the platform does not start or had to end: one line for the person in front of it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const PLAIN: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'there is no space left on its file system',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'part of the path is not a directory',
  EEXIST: 'it is not a directory',
  ENOENT: 'it cannot be created there',
  ENAMETOOLONG: 'the path is too long',
};

/** What an error of the file system means, in plain words. */
export function plainReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return PLAIN[code ?? ''] ?? message;
}
